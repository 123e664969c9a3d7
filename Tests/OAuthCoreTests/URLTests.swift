import OAuthCore
import Testing

@Suite struct URLTests {
    static let redirectFaults: [(String, RedirectURI.Fault)] = [
        ("/callback", .notAbsolute), ("localhost:8765/callback", .notAbsolute), ("http://", .notAbsolute),
        ("http:///callback", .notAbsolute), ("https://exa mple/", .notAbsolute),
        ("https://é.example/", .notAbsolute),
        ("https://a.example/\"", .notAbsolute), ("http://localhost:8765/cb#", .fragment),
        ("http://localhost:8765/cb#x?y", .fragment), ("http://localhost:8765/cb?", .query),
        ("http://localhost:8765/cb?a=b", .query), ("http://a.example/cb", .scheme),
        ("ftp://localhost/cb", .scheme),
        ("http://localhost.evil.example/cb", .scheme), ("http://127.0.0.1.evil.example/cb", .scheme),
        ("http://0127.0.0.1/", .scheme), ("http://127.0.0.01/", .scheme), ("http://128.0.0.1/", .scheme),
        ("http://[::2]/", .scheme), ("http://user@localhost/cb", .userInfo), ("http://localhost:0/cb", .port),
        ("http://localhost:65536/cb", .port), ("http://localhost:/cb", .port),
        ("http://localhost:+1/cb", .port),
        ("http://[::1]8080/cb", .port), ("http://[::1/cb", .notAbsolute),
    ]

    @Test(arguments: redirectFaults) func refusesRedirect(_ text: String, _ fault: RedirectURI.Fault) {
        #expect(throws: fault) { try RedirectURI(text) }
    }

    static let redirects: [(String, host: String, port: UInt16, path: String, loopback: Bool)] = [
        ("http://localhost:8765/callback/linkedin-ads", "localhost", 8765, "/callback/linkedin-ads", true),
        ("http://127.0.0.1:1/", "127.0.0.1", 1, "/", true), ("http://127.1.2.3/", "127.1.2.3", 80, "/", true),
        ("http://[::1]:65535/x", "[::1]", 65535, "/x", true),
        ("HTTP://LOCALHOST:80", "localhost", 80, "/", true),
        ("https://app.example/cb", "app.example", 443, "/cb", false),
        // The listener speaks no TLS: to be pasted.
        ("https://localhost:8765/cb", "localhost", 8765, "/cb", false),
    ]

    @Test(arguments: redirects) func takesRedirect(
        _ text: String, host: String, port: UInt16, path: String, loopback: Bool
    ) throws {
        let uri = try RedirectURI(text)
        #expect(uri.text == text)
        #expect(uri.host == host)
        #expect(uri.port == port)
        #expect(uri.path == path)
        #expect(uri.isLoopback == loopback)
    }

    static let endpointFaults: [(String, EndpointURL.Fault)] = [
        ("http://as.example/token", .notHTTPS), ("http://10.0.0.1/token", .notHTTPS),
        ("file:///etc/passwd", .notAbsolute), ("ws://localhost/", .notHTTPS),
        ("https://as.example/#f", .fragment),
        ("https://a:b@as.example/", .userInfo), ("https://as.example:99999/", .port),
        ("as.example", .notAbsolute),
        ("https://as.example/a\nb", .notAbsolute),
    ]

    @Test(arguments: endpointFaults) func refusesEndpoint(_ text: String, _ fault: EndpointURL.Fault) {
        #expect(throws: fault) { try EndpointURL(text) }
    }

    @Test(arguments: [
        "https://as.example/token?v=1", "http://localhost:9/t", "http://127.0.0.1/t", "http://[::1]/t",
    ])
    func takesEndpoint(_ text: String) throws { #expect(try EndpointURL(text).text == text) }
}
