import Foundation
import HTTPTransport
import OAuthCore
import Testing

@Suite("What comes back", .timeLimit(.minutes(1)))
struct AnswerTests {
    @Test func statusHeadersAndBody() throws {
        let server = PlainServer(
            .answer(
                "429 Too Many Requests",
                headers:
                    "Content-Type: application/json\r\nX-LI-UUID:  abc \r\nSet-Cookie: a=b\r\nRetry-After: 5\r\n",
                body: "{\"a\":1}"))
        let answer = try send(.get, server.url)
        #expect(answer.status == 429)
        #expect(answer.body == "{\"a\":1}")
        #expect(
            answer.headers == [
                HTTPHeader("content-type", "application/json"), HTTPHeader("x-li-uuid", "abc"),
                HTTPHeader("retry-after", "5"),
            ])
    }

    @Test func anInterimAnswerLeavesNothingBehind() throws {
        let server = PlainServer(
            "HTTP/1.1 103 Early Hints\r\nContent-Type: text/early\r\n\r\n" + .answer(body: "x"))
        #expect(try send(.get, server.url) == PlainAnswer(status: 200, headers: [], body: "x"))
    }

    @Test func noRedirectIsFollowed() throws {
        let other = PlainServer(.answer())
        let server = PlainServer(.answer("307 Temporary Redirect", headers: "Location: \(other.url)/\r\n"))
        let answer = try send(.post, server.url, authorization: "Bearer token", body: "secret")
        #expect(answer.status == 307)
        #expect(other.connections == 0)
    }

    @Test func noCookieIsKept() throws {
        let server = PlainServer(.answer(headers: "Set-Cookie: a=b; Path=/\r\n"))
        let client = HTTPClient.quick()
        for _ in 0..<2 { _ = try send(.get, server.url, by: client) }
        #expect(server.requests.allSatisfy { !$0.contains("Cookie") })
    }

    @Test func anAnswerOf64KiBIsTaken() throws {
        let server = PlainServer(.answer(body: String(repeating: "x", count: 65_536)))
        #expect(try send(.get, server.url).body.utf8.count == 65_536)
    }

    @Test func oneByteMoreIsNot() {
        let server = PlainServer(.answer(body: String(repeating: "x", count: 65_537)))
        #expect(throws: TransportError.outcomeUnknown(.tooLarge)) { try send(.get, server.url) }
    }

    @Test func norAnEndlessOne() {
        let server = PlainServer { _, _ in
            .answer("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 1 << 20))
        }
        #expect(throws: TransportError.outcomeUnknown(.tooLarge)) { try send(.get, server.url) }
    }

    @Test func norEndlessHeaders() {
        let line = "X-Filler: " + String(repeating: "x", count: 1000) + "\r\n"
        let server = PlainServer(.answer(headers: String(repeating: line, count: 80)))
        #expect(throws: TransportError.outcomeUnknown(.tooLarge)) { try send(.get, server.url) }
    }

    @Test(
        "A connection that ends too early",
        arguments: [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        ])
    func cutOff(_ bytes: String) {
        let server = PlainServer { _, _ in .bytes(Array(bytes.utf8)) }
        #expect(throws: TransportError.outcomeUnknown(.cutOff)) { try send(.post, server.url, body: "a=1") }
    }

    @Test func somethingOtherThanHTTP() {
        let server = PlainServer { _, _ in .answer("SSH-2.0-OpenSSH_9.2\r\n") }
        let error = #expect(throws: TransportError.self) { try send(.post, server.url, body: "a=1") }
        let isUnknown = if case .outcomeUnknown = error { true } else { false }
        #expect(isUnknown)
    }

    @Test func aServerThatNeverAnswers() {
        let server = PlainServer { _, _ in .silence }
        #expect(throws: TransportError.outcomeUnknown(.timeout)) {
            try send(.post, server.url, body: "a=1", by: .quick(totalMilliseconds: 200))
        }
    }

    @Test func anAnswerThatCameWhileNobodyLookedIsTaken() throws {
        let server = PlainServer(.answer(body: "kept"))
        let began = ContinuousClock.now
        // As if the process had stood still from the answer on until its time was over.
        let client = HTTPClient(userAgent: "advault/test") {
            guard !server.requests.isEmpty else { return began }
            while server.answers == 0 { sched_yield() }
            return began + .seconds(31)
        }
        #expect(try send(.post, server.url, body: "a=1", by: client).body == "kept")
    }

    @Test func nobodyListens() {
        let url = "http://127.0.0.1:\(LoopbackPeer.freePort())"
        #expect(throws: TransportError.notSent(.connect)) { try send(.post, url, body: "a=1") }
    }

    @Test func aNameThatDoesNotExist() {
        #expect(throws: TransportError.notSent(.resolve)) {
            try send(.post, "https://nowhere.invalid/", body: "a")
        }
    }
}
