private import COpenSSL

/// libcrypto's secure heap: one mapping between guard pages, locked into memory, left out of core dumps and
/// wiped at every free. `SecretBytes` lives nowhere else.
package enum SecureHeap {
    package enum State: Equatable, Sendable {
        /// The mapping of this many bytes is locked into memory.
        case locked(bytes: Int)
        /// Usable, wiped and kept out of dumps, but the system refused to lock it: it may be swapped out.
        case unlocked(bytes: Int)
        /// There is no secure heap: nothing secret can be held, every allocation fails.
        case unavailable
    }

    /// 2 MiB holds eight answers of 64 KiB in flight and leaves room; Debian's default limit is 8 MiB.
    /// A size that is no power of two aborts inside libcrypto.
    private static let size = 2 << 20

    /// Made once, at first use; a process that calls `CRYPTO_secure_malloc_init` twice keeps the first heap.
    package static let state: State = {
        switch CRYPTO_secure_malloc_init(size, 16) {
        case 1: return .locked(bytes: size)
        case 2: return .unlocked(bytes: size)
        default: return .unavailable
        }
    }()

    /// Bytes of the heap that are in use, rounding included.
    package static var bytesInUse: Int {
        // Asked before there is a heap, libcrypto follows a null pointer.
        state == .unavailable ? 0 : Int(CRYPTO_secure_used())
    }

    /// Bytes that are left, in blocks of any size.
    package static var bytesFree: Int { state == .unavailable ? 0 : size - bytesInUse }

    static func allocate(_ bytes: Int) throws(SecretsError) -> UnsafeMutableRawPointer {
        // Without the heap OPENSSL_secure_zalloc falls back to malloc: that must never hold a secret.
        guard state != .unavailable, let block = unsafe advault_secure_zalloc(max(bytes, 1)) else {
            throw .outOfSecureMemory(bytes: bytes)
        }
        return unsafe block
    }

    static func free(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
        unsafe advault_secure_clear_free(block, max(bytes, 1))
    }
}
