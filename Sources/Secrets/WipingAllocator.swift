private import COpenSSL
internal import Glibc

/// malloc's family, wiping every block before it is given back and before it is moved.
///
/// libcrypto and libcurl copy secrets into blocks of their own (a request's send buffer, a TLS record); with
/// these functions under them no such copy outlives its block. A block carries its size in front, so that it
/// can be wiped whole without asking the C library what it made of the request.
package enum WipingAllocator {
    /// The size of a block stands in the first 8 of these bytes; 16 keep malloc's alignment.
    private static let prefix = 16

    /// Gives libcrypto these functions. Must be called before anything touches libcrypto, the secure heap
    /// included: libcrypto refuses once it has allocated.
    ///
    /// - Returns: whether libcrypto took them. The first call decides; later ones repeat its answer.
    @discardableResult
    package static func install() -> Bool { installed }

    private static let installed: Bool =
        unsafe CRYPTO_set_mem_functions(
            { size, _, _ in unsafe WipingAllocator.allocate(size) },
            { block, size, _, _ in unsafe WipingAllocator.resize(block, size) },
            { block, _, _ in unsafe WipingAllocator.release(block) }) == 1

    /// As malloc.
    package static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        guard size >= 0, size <= Int.max - prefix else { return nil }
        return unsafe record(size, in: malloc(size + prefix))
    }

    /// As calloc.
    package static func allocateZeroed(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer? {
        let (total, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, total >= 0, total <= Int.max - prefix else { return nil }
        return unsafe record(total, in: calloc(1, total + prefix))
    }

    /// As strdup.
    package static func duplicate(_ text: UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
        let size = unsafe strlen(text) + 1
        guard let copy = unsafe allocate(size) else { return nil }
        unsafe copy.copyMemory(from: text, byteCount: size)
        return unsafe copy.assumingMemoryBound(to: CChar.self)
    }

    /// As realloc, but never in place and never by the C library, which would leave the old bytes behind.
    /// When there is no memory the old block stands, as realloc promises.
    package static func resize(_ block: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        guard let old = unsafe block else { return unsafe allocate(size) }
        guard size > 0 else {
            unsafe release(old)
            return nil
        }
        guard let moved = unsafe allocate(size) else { return nil }
        unsafe moved.copyMemory(from: old, byteCount: min(size, sizeOf(old)))
        unsafe release(old)
        return unsafe moved
    }

    /// As free.
    package static func release(_ block: UnsafeMutableRawPointer?) {
        guard let block = unsafe block else { return }
        let start = unsafe block - prefix
        // explicit_bzero: a memset before free is dead code to an optimiser.
        unsafe explicit_bzero(start, sizeOf(block) + prefix)
        unsafe free(start)
    }

    private static func record(_ size: Int, in start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let start = unsafe start else { return nil }
        unsafe start.storeBytes(of: size, as: Int.self)
        return unsafe start + prefix
    }

    private static func sizeOf(_ block: UnsafeMutableRawPointer) -> Int {
        unsafe (block - prefix).load(as: Int.self)
    }
}
