import Foundation
import HTTPTransport
import OAuthCore
import Synchronization

/// A listener that waits on a thread of its own, and what it let through.
final class RunningListener: Sendable {
    static let provider = "https://provider.example/authorize?state=abc&scope=a%20b"

    private struct Progress: Sendable {
        var startURL: String?
        var queries: [String] = []
        var result: Result<Void, ListenerError>?
    }

    let port: UInt16
    let host: String
    let path: String
    private let progress = Mutex(Progress())
    private let started = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// Accepts the query "code=right&state=abc" and nothing else.
    init(host: String = "localhost", path: String = "/callback/test", seconds: Int = 30) throws {
        self.host = host
        self.path = path
        port = LoopbackPeer.freePort()
        let redirect = try RedirectURI("http://\(host):\(port)\(path)")
        Thread.detachNewThread { [self] in run(redirect, seconds) }
        started.wait()
    }

    private func run(_ redirect: RedirectURI, _ seconds: Int) {
        do throws(ListenerError) {
            var listener = try LoopbackListener(redirect: redirect, authorizeURL: Self.provider)
            let startURL = listener.startURL
            progress.withLock { $0.startURL = startURL }
            started.signal()
            try listener.wait(seconds: seconds) { query in
                let text = query.text
                progress.withLock { $0.queries.append(text) }
                return text == "code=right&state=abc" ? .accepted(.received) : .notOurs
            }
            progress.withLock { $0.result = .success(()) }
        } catch {
            progress.withLock { $0.result = .failure(error) }
            started.signal()
        }
        ended.signal()
    }

    var startURL: String { progress.withLock { $0.startURL ?? "" } }
    /// Those that `accept` was asked about.
    var queries: [String] { progress.withLock { $0.queries } }
    var isWaiting: Bool { progress.withLock { $0.result == nil } }

    /// Waits for the end and says what it was.
    func result() throws(ListenerError) {
        ended.wait()
        ended.signal()
        try progress.withLock { $0.result ?? .success(()) }.get()
    }

    func ask(_ request: String) -> String { LoopbackPeer.ask(port, request) }

    /// The cookie that our start page hands to a browser.
    func cookie() -> String {
        let answer = ask("GET /start HTTP/1.1\r\nHost: \(host):\(port)\r\n\r\n")
        guard let line = answer.components(separatedBy: "\r\n").first(where: { $0.hasPrefix("Set-Cookie: ") })
        else { return "" }
        return String(line.dropFirst("Set-Cookie: ".count).prefix { $0 != ";" })
    }

    /// The request that a browser sends when the provider sends it back.
    func genuine(cookie: String) -> String {
        """
        GET \(path)?code=right&state=abc HTTP/1.1\r
        Host: \(host):\(port)\r
        User-Agent: Mozilla/5.0\r
        Sec-Fetch-Site: cross-site\r
        Sec-Fetch-Mode: navigate\r
        Sec-Fetch-Dest: document\r
        Cookie: other=1; \(cookie); third\r
        \r

        """
    }

    /// Comes back as the genuine browser would; whether that ended the wait well.
    func complete() throws -> Bool {
        let answer = ask(genuine(cookie: cookie()))
        try result()
        return answer.hasPrefix("HTTP/1.1 200 ")
    }
}
