internal import Secrets

/// What one request to the listener's port turned out to be. Pure: bytes in, judgement out.
///
/// Everything a browser would not send to us is refused: SAFETY's rows "another user of the machine" and "a web
/// page that calls the listener". What passes is still only a claim until the peer's owner and the state agree.
struct CallbackRequest {
    /// A request line and headers over this many bytes are refused.
    static let limit = 8192

    /// What the listener answers to.
    struct Expectation: Equatable {
        /// "localhost:8765", or without the port when it is 80: what a browser puts into Host.
        let host: String
        let startPath: String
        let callbackPath: String
        let cookieName: String
    }

    enum Target: Equatable {
        case start
        /// Where the raw query lies in the request.
        case callback(query: Range<Int>)
    }

    let target: Target
    /// Where values of our cookie lie in the request. A browser may send several of one name, set by other ports
    /// of this host; the genuine one is then among them.
    let cookies: [Range<Int>]

    /// Whether the head of a request is complete: nothing is judged before.
    ///
    /// - Parameter known: how many bytes an earlier call has seen, so that a caller who sends them one by one
    ///   does not make us look at all of them each time.
    static func isWhole(_ bytes: RawSpan, known: Int) -> Bool {
        let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        let first = max(0, known - 3)
        guard bytes.byteCount >= first + 4 else { return false }
        return (first...(bytes.byteCount - 4)).contains { at in
            (0..<4).allSatisfy { bytes[at + $0] == end[$0] }
        }
    }

    /// - Returns: nil for anything that is not a browser's own navigation to one of our two paths.
    init?(_ bytes: RawSpan, expecting expected: Expectation) {
        // A GET has no body: what follows the empty line is somebody's attempt at a second request.
        guard let lines = RequestLines(bytes), let first = lines.first else { return nil }
        guard let target = Self.target(bytes, line: first, expected) else { return nil }
        var headers = Headers()
        for line in lines.rest {
            guard let header = HeaderField(bytes, line: line) else { return nil }
            guard headers.take(header, bytes, expected) else { return nil }
        }
        guard headers.host else { return nil }
        self.target = target
        cookies = headers.cookies
    }

    private static func target(_ bytes: RawSpan, line: Range<Int>, _ expected: Expectation) -> Target? {
        let words = bytes.split(line, at: 0x20)
        guard words.count == 3, bytes.equals(words[0], "GET") else { return nil }
        guard bytes.equals(words[2], "HTTP/1.1") || bytes.equals(words[2], "HTTP/1.0") else { return nil }
        guard words[1].allSatisfy({ (0x21...0x7E).contains(bytes[$0]) }) else { return nil }
        guard let mark = words[1].first(where: { bytes[$0] == 0x3F }) else {
            return bytes.equals(words[1], expected.startPath) ? .start : nil
        }
        guard bytes.equals(words[1].lowerBound..<mark, expected.callbackPath) else { return nil }
        return .callback(query: (mark + 1)..<words[1].upperBound)
    }

    /// What the header lines must and must not say.
    private struct Headers {
        var host = false
        var cookies: [Range<Int>] = []
        private var seen: Set<String> = []

        mutating func take(_ header: HeaderField, _ bytes: RawSpan, _ expected: Expectation) -> Bool {
            switch header.name {
            case "host":
                // Another name that resolves to us (DNS rebinding) says that name here.
                host = bytes.equals(header.value, expected.host)
                return host && seen.insert(header.name).inserted
            case "origin":
                // Scripts and forms send it; a person's navigation by GET does not.
                return false
            case "sec-fetch-mode":
                return bytes.equals(header.value, "navigate") && seen.insert(header.name).inserted
            case "sec-fetch-dest":
                return bytes.equals(header.value, "document") && seen.insert(header.name).inserted
            case "content-length", "transfer-encoding":
                return false
            case "cookie":
                cookies += bytes.values(of: expected.cookieName, in: header.value)
                return true
            default:
                return true
            }
        }
    }
}
