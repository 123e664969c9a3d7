/// A word by which connections are found again: `KEY` or `KEY=VALUE`, such as `client=acme`.
///
/// A row's tags stand in one column, in the order of their text, with a space between two of them.
package struct Tag: Equatable, Sendable {
    /// As it is typed and stored.
    package let text: String
    package let key: String
    package let value: String?

    package enum Fault: Equatable, Sendable {
        case empty
        /// Over 128 bytes of UTF-8.
        case tooLong(bytes: Int)
        /// A blank, a comma, a quote or a character that cannot be seen.
        case character(scalar: UInt32)
        /// A hyphen at the beginning: it would be read as an option.
        case leadingHyphen
        /// Nothing before the `=`, or nothing behind it.
        case half
    }

    package static let maximumBytes = 128

    /// - Throws: `.tag` with the fault.
    package init(_ text: String) throws(OperationError) {
        if let fault = Self.fault(in: text) { throw .tag(text, fault) }
        self.init(stored: text)
    }

    /// What a column holds, which an unverified row may have written wrongly.
    private init(stored text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        (self.text, key) = (text, String(parts[0]))
        value = parts.count > 1 ? String(parts[1]) : nil
    }

    private static func fault(in text: String) -> Fault? {
        guard let first = text.unicodeScalars.first else { return .empty }
        guard text.utf8.count <= maximumBytes else { return .tooLong(bytes: text.utf8.count) }
        let bad = text.unicodeScalars.first { !Name.isPrintable($0) || " ,\"'".unicodeScalars.contains($0) }
        if let bad { return .character(scalar: bad.value) }
        if first == "-" { return .leadingHyphen }
        return first == "=" || text.firstIndex(of: "=") == text.indices.last ? .half : nil
    }

    /// Whether a filter that names this tag lets the other through: the same, or without a value any of the key.
    func finds(_ other: Tag) -> Bool { value == nil ? key == other.key : text == other.text }

    /// The column; nil for none.
    /// - Throws: `.tagsTooLong` where it would be over 1,024 bytes.
    static func column(_ tags: [Tag]) throws(OperationError) -> String? {
        let text = Set(tags.map(\.text)).sorted().joined(separator: " ")
        guard text.utf8.count <= 1_024 else { throw .tagsTooLong(bytes: text.utf8.count) }
        return text.isEmpty ? nil : text
    }

    static func of(column: String?) -> [Tag] {
        (column ?? "").split(separator: " ").map { Tag(stored: String($0)) }
    }
}

extension [Tag] {
    /// These with others added: a key has one value, so a new value takes a former one's place.
    func adding(_ others: [Tag]) -> [Tag] {
        others.reduce(self) { tags, new in tags.filter { $0.key != new.key } + [new] }
    }

    func removing(_ others: [Tag]) -> [Tag] { filter { tag in !others.contains { $0.finds(tag) } } }
}
