private import CCurl

/// Connections that are kept alive between requests. Nothing else is shared: no cookies, no TLS sessions.
@safe
struct ConnectionPool: ~Copyable, @unchecked Sendable {
    // @unchecked: a share handle belongs to no thread; HTTPClient lends it to one at a time, under its mutex.
    private let share: UnsafeMutableRawPointer?

    /// For `CURLOPT_SHARE`; nil when there was no memory, and then every request connects anew.
    var pointer: UnsafeMutableRawPointer? { unsafe share }

    init() {
        unsafe share = curl_share_init()
        if let share = unsafe share { _ = unsafe advault_curl_share_connections(share) }
    }

    deinit {
        if let share = unsafe share { _ = unsafe curl_share_cleanup(share) }
    }
}
