/// Where the values of a JSON text lie: ranges and kinds, no copy of any content, so a token stays where it is.
///
/// Made whole or not at all, strictly by RFC 8259. Every look-up is handed the same bytes again.
struct JSONIndex: Equatable, Sendable {
    enum Kind: Equatable, Sendable { case object, array, string, number, yes, no, null }

    struct Node: Equatable, Sendable {
        let kind: Kind
        /// The content; of a string without its quotes, of an object or array with its brackets.
        var range: Range<Int>
        /// Whether a string holds a backslash.
        var isEscaped = false
        /// The node that follows this one and all that is inside it.
        var next: Int
    }

    /// In the order of the text: an object's members are a name, then its value.
    let nodes: [Node]

    init(parsing span: RawSpan) throws(JSONFault) {
        guard span.byteCount <= JSONLimits.bytes else { throw .tooLarge }
        var parser = JSONParser()
        try parser.parse(span)
        nodes = parser.nodes
    }

    /// The nodes of an array's elements; of any other kind none.
    func elements(of array: Int) -> [Int] {
        guard nodes[array].kind == .array else { return [] }
        var found: [Int] = []
        var at = array + 1
        while at < nodes[array].next {
            found.append(at)
            at = nodes[at].next
        }
        return found
    }

    /// Name and value nodes of an object's members; of any other kind none.
    func members(of object: Int) -> [(name: Int, value: Int)] {
        guard nodes[object].kind == .object else { return [] }
        var found: [(name: Int, value: Int)] = []
        var at = object + 1
        while at < nodes[object].next {
            found.append((at, at + 1))
            at = nodes[at + 1].next
        }
        return found
    }

    /// The value of the member with this name.
    func value(of name: String, in object: Int, _ span: RawSpan) -> Int? {
        members(of: object).first { nodes[$0.name].holds(name, span) }?.value
    }

    /// An integer of 64 bits without fraction or exponent, or a string that holds nothing but one.
    func integer(at node: Int, _ span: RawSpan) -> Int64? {
        guard [.number, .string].contains(nodes[node].kind), nodes[node].range.count <= 20 else { return nil }
        var digits = ""
        for offset in nodes[node].range { digits.unicodeScalars.append(Unicode.Scalar(span[byte: offset])) }
        // Int64 takes a plus sign and leading zeros; JSON does not.
        guard let value = Int64(digits), String(value) == digits else { return nil }
        return value
    }
}

enum JSONLimits {
    static let bytes = 64 << 10
    static let depth = 8
    static let members = 256
}

extension JSONIndex.Node {
    /// Whether a string node says exactly this.
    func holds(_ text: String, _ span: RawSpan) -> Bool {
        guard kind == .string else { return false }
        guard !isEscaped else { return JSONText.bytes(of: self, span) == Array(text.utf8) }
        guard range.count == text.utf8.count else { return false }
        return zip(range, text.utf8).allSatisfy { offset, byte in span[byte: offset] == byte }
    }
}
