import Foundation
import HTTPTransport
import OAuthCore
import Testing

@Suite("The way back from the browser", .timeLimit(.minutes(1)))
struct ListenerTests {
    @Test func theStartPageSetsACookieAndLeadsToTheProvider() throws {
        let listener = try RunningListener()
        #expect(listener.startURL == "http://localhost:\(listener.port)/start")
        let answer = listener.ask("GET /start HTTP/1.1\r\nHost: localhost:\(listener.port)\r\n\r\n")
        let lines = answer.components(separatedBy: "\r\n")
        #expect(lines.first == "HTTP/1.1 302 Found")
        #expect(lines.contains("Location: \(RunningListener.provider)"))
        #expect(lines.contains("Cache-Control: no-store"))
        #expect(lines.contains("Referrer-Policy: no-referrer"))
        let cookie = try #require(lines.first { $0.hasPrefix("Set-Cookie: ") })
        #expect(cookie.hasSuffix("; Path=/callback/test; HttpOnly; SameSite=Lax"))
        #expect(try listener.complete())
    }

    @Test func theGenuineCallback() throws {
        let listener = try RunningListener()
        let answer = listener.ask(listener.genuine(cookie: listener.cookie()))
        try listener.result()
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("Content-Security-Policy: default-src 'none'"))
        #expect(answer.contains("You may close this window."))
        #expect(!answer.contains("right"))
        #expect(listener.queries == ["code=right&state=abc"])
    }

    @Test func twoListenersHaveTwoCookies() throws {
        let (one, two) = (try RunningListener(), try RunningListener())
        let values = [one, two].map { $0.cookie().split(separator: "=")[1] }
        #expect(values[0] != values[1] && values[0].count == 43)
        #expect(try one.complete())
        #expect(try two.complete())
    }

    /// Guards each control: every line is the genuine request with one fault, and gets 400 without an end to the
    /// wait and without a question to `accept`.
    @Test("What a browser of ours would not send", arguments: Fault.all)
    func refused(_ fault: Fault) throws {
        let listener = try RunningListener()
        let cookie = listener.cookie()
        let request = listener.genuine(cookie: cookie)
        let broken = request.replacingOccurrences(of: fault.original, with: fault.replacement)
        try #require(broken != request)
        #expect(listener.ask(broken).hasPrefix("HTTP/1.1 400 "))
        #expect(listener.queries == [])
        #expect(listener.isWaiting)
        #expect(try listener.complete())
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let original: String
        let replacement: String

        init(_ original: String, _ replacement: String) {
            self.original = original
            self.replacement = replacement
        }

        var testDescription: String {
            "\(original.debugDescription) → \(replacement.prefix(60).debugDescription)"
        }

        static let all = [
            Fault("Host: localhost", "Host: evil.example"), Fault("Host: localhost", "Host: 127.0.0.1"),
            Fault("Host: localhost", "X-Host: localhost"), Fault("Host: localhost", "Host: localhost1"),
            Fault("User-Agent: Mozilla/5.0", "Host: localhost"),
            Fault("User-Agent:", "Origin: null\r\nUser-Agent:"),
            Fault("User-Agent:", "origin: http://localhost\r\nUser-Agent:"),
            Fault("Mode: navigate", "Mode: cors"), Fault("Mode: navigate", "Mode: no-cors"),
            Fault("Dest: document", "Dest: iframe"), Fault("Dest: document", "Dest: image"),
            Fault("GET ", "POST "), Fault("GET ", "HEAD "), Fault("GET ", "get "), Fault("GET ", "GET  "),
            Fault("/callback/test?", "/callback/test/?"), Fault("/callback/test?", "/callback/tes?"),
            Fault("/callback/test?", "/callback/test"),
            Fault("/callback/test?", "http://localhost/callback/test?"),
            Fault("/callback/test?", "/start?"), Fault("/callback/test?", "/x/../callback/test?"),
            Fault("HTTP/1.1", "HTTP/2.0"), Fault("HTTP/1.1", "HTTP/1.1 x"), Fault(" HTTP/1.1", ""),
            Fault("Cookie: ", "X-Cookie: "), Fault("advault_", "advault"), Fault("; third", "x; third"),
            Fault("Cookie: other=1", "Cookie : other=1"), Fault("User-Agent: Mozilla", "User-Agent Mozilla"),
            Fault("User-Agent: Mozilla", " folded: Mozilla"), Fault("Mozilla", "Moz\u{0}illa"),
            Fault("Mozilla", "Moz\nilla"), Fault("Mozilla", "Moz\rilla"),
            Fault("User-Agent:", "Content-Length: 0\r\nUser-Agent:"),
            Fault("User-Agent:", "Transfer-Encoding: chunked\r\nUser-Agent:"),
            Fault("; third\r\n\r\n", "; third\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
            Fault("Mozilla", String(repeating: "x", count: 8192)),
        ]
    }

    @Test func aCookieThatIsNotOursIsNoHindrance() throws {
        let listener = try RunningListener()
        let cookie = listener.cookie()
        let name = cookie.prefix { $0 != "=" }
        #expect(
            listener.ask(listener.genuine(cookie: "\(name)=planted; \(cookie)")).hasPrefix("HTTP/1.1 200 "))
        try listener.result()
    }

    @Test func anotherStateIsNotTheEnd() throws {
        let listener = try RunningListener()
        let request = listener.genuine(cookie: listener.cookie())
        let answer = listener.ask(request.replacingOccurrences(of: "state=abc", with: "state=abd"))
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(listener.queries == ["code=right&state=abd"])
        #expect(try listener.complete())
    }

    /// Guards: a process of another user gets neither the cookie nor through with a stolen one.
    @Test(.enabled(if: geteuid() == 0, "Only root can send a request as another user."))
    func anotherUser() throws {
        let listener = try RunningListener()
        let cookie = listener.cookie()
        let start = "GET /start HTTP/1.1\r\nHost: localhost:\(listener.port)\r\n\r\n"
        for request in [start, listener.genuine(cookie: cookie)] {
            #expect(try asNobody(listener.port, request).hasPrefix("HTTP/1.1 400 "))
        }
        #expect(listener.queries == [])
        #expect(try listener.complete())
    }

    /// Guards: the kernel lists the connection of a process that has gone as root's, and root is who we are here.
    @Test(.enabled(if: geteuid() == 0, "Only root can send a request as another user."))
    func anotherUserWhoLeavesAtOnce() throws {
        let listener = try RunningListener()
        let cookie = listener.cookie()
        for _ in 0..<20 { _ = try asNobody(listener.port, listener.genuine(cookie: cookie), reading: false) }
        #expect(listener.queries == [])
        #expect(try listener.complete())
    }

    private func asNobody(_ port: UInt16, _ request: String, reading: Bool = true) throws -> String {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "setpriv", "--reuid=65534", "--clear-groups", "bash", "-c",
            "exec 3<>/dev/tcp/127.0.0.1/\(port); printf %s \"$0\" >&3\(reading ? "; cat <&3" : "")", request,
        ]
        process.standardOutput = output
        try process.run()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: answer, as: UTF8.self)
    }

    @Test func theNameIsListenedToAtBothAddresses() throws {
        let listener = try RunningListener()
        let request = listener.genuine(cookie: listener.cookie())
        let answer = LoopbackPeer.ask(listener.port, request, ipv6: true)
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        try listener.result()
    }

    @Test func aLiteralIsListenedToAlone() throws {
        let four = try RunningListener(host: "127.0.0.1")
        #expect(LoopbackPeer.connect(to: four.port, ipv6: true) == nil)
        #expect(try four.complete())
        let six = try RunningListener(host: "[::1]")
        #expect(LoopbackPeer.connect(to: six.port) == nil)
        let start = "GET /start HTTP/1.1\r\nHost: [::1]:\(six.port)\r\n\r\n"
        #expect(LoopbackPeer.ask(six.port, start, ipv6: true).hasPrefix("HTTP/1.1 302 "))
    }

    @Test func aPortThatIsTaken() throws {
        let other = LoopbackPeer.listening()
        defer { close(other.descriptor) }
        for host in ["localhost", "127.0.0.1"] {
            let redirect = try RedirectURI("http://\(host):\(other.port)/callback/test")
            #expect(throws: ListenerError.portTaken(Int(other.port))) {
                _ = try LoopbackListener(redirect: redirect, authorizeURL: RunningListener.provider)
            }
        }
    }

    /// Guards: whoever held [::1] alone would be sent the code by a browser that tries it first.
    @Test func aPortThatIsTakenAtTheOtherAddress() throws {
        let six = try RunningListener(host: "[::1]")
        let redirect = try RedirectURI("http://localhost:\(six.port)/callback/test")
        #expect(throws: ListenerError.portTaken(Int(six.port))) {
            _ = try LoopbackListener(redirect: redirect, authorizeURL: RunningListener.provider)
        }
    }

    @Test func whatIsNotLoopback() throws {
        let redirect = try RedirectURI("https://app.example/callback")
        #expect(throws: ListenerError.notLoopback) {
            _ = try LoopbackListener(redirect: redirect, authorizeURL: RunningListener.provider)
        }
    }

    @Test func anAddressThatWouldBreakTheHeader() throws {
        let redirect = try RedirectURI("http://127.0.0.1:\(LoopbackPeer.freePort())/callback")
        #expect(throws: ListenerError.malformedAuthorizeURL) {
            _ = try LoopbackListener(redirect: redirect, authorizeURL: "https://a.example/\r\nX: y")
        }
    }

    @Test func nobodyComes() throws {
        let listener = try RunningListener(seconds: 1)
        #expect(throws: ListenerError.timedOut(seconds: 1)) { try listener.result() }
    }
}
