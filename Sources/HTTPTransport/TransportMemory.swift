private import CCurl
internal import Secrets

/// What the process as a whole must have set before the first request.
package enum TransportMemory {
    package struct State: Equatable, Sendable {
        /// libcrypto and libssl wipe what they free.
        package let libcrypto: Bool
        /// libcurl wipes what it frees.
        package let libcurl: Bool
    }

    /// Puts wiping allocators under libcrypto and libcurl. main calls it before anything else touches either;
    /// later is too late, and the answer says so.
    @discardableResult
    package static func install() -> State { state }

    private static let state: State = {
        // libcrypto first: libcurl's initialisation makes libssl allocate.
        let libcrypto = WipingAllocator.install()
        // Swift's lazy statics make this run once and on one thread, as curl_global_init demands.
        let libcurl = unsafe curl_global_init_mem(
            Int(CURL_GLOBAL_DEFAULT),
            { size in unsafe WipingAllocator.allocate(size) },
            { block in unsafe WipingAllocator.release(block) },
            { block, size in unsafe WipingAllocator.resize(block, size) },
            { text in unsafe text.flatMap { unsafe WipingAllocator.duplicate($0) } },
            { count, size in unsafe WipingAllocator.allocateZeroed(count, size) })
        return State(libcrypto: libcrypto, libcurl: libcurl == CURLE_OK)
    }()

    /// The libcurl that is loaded, with what it was built on: `libcurl/7.88.1 OpenSSL/3.0.17 …`.
    package static var curlVersion: String { unsafe String(cString: curl_version()) }
}
