import Foundation
import Synchronization

/// A server of raw sockets: it keeps the bytes of every request and answers what the test wrote.
final class PlainServer: Sendable {
    /// What becomes of a connection after a request.
    enum Reaction: Sendable {
        case answer(String)
        case answerAndKeep(String)
        case bytes([UInt8])
        /// Nothing at all until the client leaves.
        case silence
        case hangUp
    }

    struct Seen: Sendable {
        var requests: [String] = []
        var connections = 0
        /// Those that were written whole.
        var answers = 0
    }

    let port: UInt16
    private let descriptor: Int32
    private let seen = Mutex(Seen())
    private let react: @Sendable (Int, String) -> Reaction

    /// - Parameter react: gets the number of the request, from 0, and its text.
    init(_ react: @escaping @Sendable (Int, String) -> Reaction) {
        (descriptor, port) = LoopbackPeer.listening()
        self.react = react
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                seen.withLock { $0.connections += 1 }
                Thread.detachNewThread { [self] in serve(client) }
            }
        }
    }

    convenience init(_ answer: String) { self.init { _, _ in .answer(answer) } }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [String] { seen.withLock { $0.requests } }
    var connections: Int { seen.withLock { $0.connections } }
    var answers: Int { seen.withLock { $0.answers } }

    private func serve(_ client: Int32) {
        defer { close(client) }
        while let request = Self.readRequest(client) {
            let number = seen.withLock {
                $0.requests.append(request)
                return $0.requests.count - 1
            }
            switch react(number, request) {
            case .answer(let text):
                LoopbackPeer.write(Array(text.utf8), to: client)
                seen.withLock { $0.answers += 1 }
                return
            case .answerAndKeep(let text): LoopbackPeer.write(Array(text.utf8), to: client)
            case .bytes(let bytes):
                LoopbackPeer.write(bytes, to: client)
                return
            case .silence: _ = LoopbackPeer.read(client)
            case .hangUp: return
            }
        }
    }

    private static func readRequest(_ client: Int32) -> String? {
        var text = ""
        while !isWhole(text) {
            guard let piece = LoopbackPeer.read(client) else { return nil }
            text += String(decoding: piece, as: UTF8.self)
        }
        return text
    }

    private static func isWhole(_ text: String) -> Bool {
        // A TLS client's hello.
        if text.utf8.first == 0x16 { return true }
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        guard let length = text.range(of: "Content-Length: ") else { return true }
        let count = Int(text[length.upperBound...].prefix { $0.isNumber }) ?? 0
        return text[end.upperBound...].utf8.count >= count
    }
}

extension String {
    /// A whole answer with this body.
    static func answer(_ status: String = "200 OK", headers: String = "", body: String = "{}") -> String {
        "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
