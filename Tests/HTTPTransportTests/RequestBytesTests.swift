import HTTPTransport
import OAuthCore
import Testing

@Suite("What goes over the wire", .timeLimit(.minutes(1)))
struct RequestBytesTests {
    @Test func aGetIsTheCoresHeadersAndNothingElse() throws {
        let server = PlainServer(.answer())
        let path =
            "/rest/adAnalytics?accounts=List(urn%3Ali%3AsponsoredAccount%3A1)&dateRange=(start:(year:2026))"
        let answer = try send(
            .get, server.url + path,
            headers: [HTTPHeader("LinkedIn-Version", "202610"), HTTPHeader("X-Empty", "")],
            authorization: "Bearer token-1")
        #expect(answer.status == 200)
        #expect(
            server.requests == [
                "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nUser-Agent: advault/test\r\n"
                    + "LinkedIn-Version: 202610\r\nX-Empty:\r\nAuthorization: Bearer token-1\r\n\r\n"
            ])
    }

    @Test func aPostIsTheCoresBody() throws {
        let server = PlainServer(.answer())
        _ = try send(
            .post, server.url + "/token",
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")], body: "a=1&b=%20")
        #expect(
            server.requests == [
                "POST /token HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nUser-Agent: advault/test\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\na=1&b=%20"
            ])
    }

    @Test func aPostWithoutBodyAsksNobodyForOne() throws {
        let server = PlainServer(.answer())
        _ = try send(.post, server.url + "/token")
        #expect(server.requests.first?.hasSuffix("Content-Length: 0\r\n\r\n") == true)
    }

    @Test func aLongBodyIsSentWithoutWaitingForLeave() throws {
        let server = PlainServer(.answer())
        let body = String(repeating: "x", count: 20_000)
        _ = try send(.post, server.url, body: body)
        #expect(server.requests.first?.hasSuffix("\r\n\r\n" + body) == true)
        #expect(server.requests.first?.contains("Expect") == false)
    }

    @Test(
        "Nothing that would break the request apart is sent",
        arguments: ["a\r\nX: y", "a\nb", "a\u{0}b", "é"])
    func brokenLines(_ value: String) {
        let server = PlainServer(.answer())
        #expect(throws: TransportError.notSent(.malformedRequest)) {
            try send(.get, server.url, headers: [HTTPHeader("X-Test", value)])
        }
        #expect(throws: TransportError.notSent(.malformedRequest)) {
            try send(.get, server.url, authorization: value)
        }
        #expect(throws: TransportError.notSent(.malformedRequest)) {
            try send(.get, server.url, headers: [HTTPHeader("X-\(value)", "a")])
        }
        #expect(server.connections == 0)
    }

    @Test(
        "http is for this machine alone, and no URL carries a name",
        arguments: [
            "http://192.0.2.1/", "http://localhost.example/", "http://127.0.0.1.example/", "ftp://127.0.0.1/",
            "https://user:word@127.0.0.1/", "http://user@localhost/", "127.0.0.1/", "", "https://",
            "file:///etc/passwd",
            "https://127.0.0.1/a b", "https://127.0.0.1/\u{0}", "https://127.0.0.1/\r\nX: y", "http://[::2]/",
        ])
    func forbidden(_ url: String) {
        #expect(throws: TransportError.notSent(.forbiddenURL)) { try send(.get, url) }
    }

    @Test func getsShareAConnectionAndPostsNever() throws {
        let server = PlainServer { _, _ in .answerAndKeep(.answer()) }
        let client = HTTPClient.quick()
        for _ in 0..<3 { _ = try send(.get, server.url, by: client) }
        #expect(server.connections == 1)
        for _ in 0..<2 { _ = try send(.post, server.url, body: "a", by: client) }
        #expect(server.connections == 3)
    }

    /// Guards: libcurl repeats a request by itself when a kept-alive connection turns out to be dead.
    @Test func aPostIsSentOnceThoughTheConnectionBeforeDied() throws {
        let server = PlainServer { number, _ in number == 0 ? .answerAndKeep(.answer()) : .hangUp }
        let client = HTTPClient.quick()
        _ = try send(.get, server.url, by: client)
        #expect(throws: TransportError.outcomeUnknown(.cutOff)) {
            try send(.post, server.url, body: "refresh_token=1", by: client)
        }
        #expect(server.requests.filter { $0.hasPrefix("POST") }.count == 1)
    }
}
