import Foundation

/// What happened to a token.
package enum TokenEvent: String, Codable, Sendable { case issued, spent, reused, revoked, answered }

/// One line of the log.
package struct LogLine: Codable, Equatable, Sendable {
    /// Counts from 1 without a gap.
    package let sequence: Int
    /// Epoch seconds, by the sandbox's clock.
    package let time: Int
    package let event: TokenEvent
    package let kind: TokenKind
    package let family: String
    /// Of the token's characters, in hexadecimal.
    package let sha256: String
    /// The token itself, only if it was asked for.
    package let token: String?
}

/// Every token issued and spent, append-only, in memory and, if asked, in a file of JSON lines.
struct TokenLog {
    private let file: FileHandle?
    private let showsTokens: Bool
    private(set) var lines: [LogLine] = []

    /// - Throws: where the file cannot be made.
    init(file path: String?, showsTokens: Bool) throws {
        self.showsTokens = showsTokens
        guard let path else {
            file = nil
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ControlError.file(path, errno) }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// One whole line in one write, before the answer leaves.
    mutating func append(_ event: TokenEvent, _ token: Token, at time: Int) {
        let line = LogLine(
            sequence: lines.count + 1, time: time, event: event, kind: token.kind, family: token.family,
            sha256: Fingerprint.hexadecimal(token.text), token: showsTokens ? token.text : nil)
        lines.append(line)
        try? file?.write(contentsOf: TokenLog.encode(line))
    }

    static func encode(_ line: LogLine) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A line holds strings and integers alone.
        return try! encoder.encode(line) + Data("\n".utf8)
    }
}
