private import CCurl
private import Glibc

/// Where a request may go: https anywhere, http to this machine alone.
///
/// Taken apart by libcurl's own parser, so that what is judged here is what is connected to.
struct Endpoint: Equatable {
    let url: String
    /// "https" or "http": the one protocol that libcurl is allowed for this request.
    let scheme: String
    /// Scheme, host and port: one connection serves all that have them in common.
    let origin: String
    /// 127.0.0.0/8, [::1] or the name localhost, which libcurl itself resolves to those.
    let isLoopback: Bool

    init(_ url: String) throws(TransportError) {
        // A zero byte would end the C string early; anything else outside may split the request line.
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .notSent(.forbiddenURL) }
        guard let (scheme, host) = Self.parts(of: url) else { throw .notSent(.forbiddenURL) }
        let isLoopback = Self.isLoopback(host)
        guard scheme == "https" || (scheme == "http" && isLoopback) else { throw .notSent(.forbiddenURL) }
        self.url = url
        self.scheme = scheme
        origin = url.split(separator: "/", maxSplits: 3).prefix(2).joined(separator: "//")
        self.isLoopback = isLoopback
    }

    private static func parts(of url: String) -> (scheme: String, host: String)? {
        guard let handle = unsafe curl_url() else { return nil }
        defer { unsafe curl_url_cleanup(handle) }
        let noUser = UInt32(CURLU_DISALLOW_USER)
        guard unsafe curl_url_set(handle, CURLUPART_URL, url, noUser) == CURLUE_OK else { return nil }
        guard let scheme = unsafe part(CURLUPART_SCHEME, of: handle) else { return nil }
        guard let host = unsafe part(CURLUPART_HOST, of: handle) else { return nil }
        return (scheme, host.lowercased())
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text = unsafe text else {
            return nil
        }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        var address = in_addr()
        guard unsafe inet_pton(AF_INET, host, &address) == 1 else { return false }
        return UInt32(bigEndian: address.s_addr) >> 24 == 127
    }
}
