private import Secrets

/// A record as one line of text, which a log, a mail or a terminal carries: a prefix that says what it is and of which
/// version, and the base64url of a JSON object.
enum RecordLine {
    static func text(_ json: [UInt8], prefix: String) -> String { prefix + Base64URL.encode(json) }

    /// The bytes that stand behind the prefix, but for blanks and line ends around the line; nil for anything else, and
    /// for more than `limit` bytes of text, which is looked at before anything is decoded.
    static func json(in text: String, prefix: String, limit: Int) -> [UInt8]? {
        let line = trimmed(text, limit: limit)
        guard line.count <= limit, line.starts(with: prefix.utf8),
            let encoded = String(validating: line.dropFirst(prefix.utf8.count), as: UTF8.self)
        else { return nil }
        return Base64URL.decode(encoded)
    }

    /// The line without blanks around it. Of a longer text only so much that its length shows.
    static func trimmed(_ text: String, limit: Int) -> ArraySlice<UInt8> {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        var rest = Array(text.utf8.prefix(limit + 1024))[...]
        while let first = rest.first, blanks.contains(first) { rest = rest.dropFirst() }
        while let last = rest.last, blanks.contains(last) { rest = rest.dropLast() }
        return rest
    }
}
