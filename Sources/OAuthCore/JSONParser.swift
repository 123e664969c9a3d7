/// The strict RFC 8259 parser behind `JSONIndex`. Depth is limited, so recursion is too.
struct JSONParser {
    private(set) var nodes: [JSONIndex.Node] = []
    private var at = 0
    private var depth = 0

    mutating func parse(_ span: RawSpan) throws(JSONFault) {
        skipSpace(span)
        guard at < span.byteCount else { throw .empty }
        try value(span)
        skipSpace(span)
        guard at == span.byteCount else { throw .syntax(at: at) }
    }

    private mutating func value(_ span: RawSpan) throws(JSONFault) {
        switch try peek(span) {
        case 0x7B: try object(span)
        case 0x5B: try array(span)
        case 0x22: try string(span)
        case 0x74: try word("true", .yes, span)
        case 0x66: try word("false", .no, span)
        case 0x6E: try word("null", .null, span)
        default: try number(span)
        }
    }

    private mutating func object(_ span: RawSpan) throws(JSONFault) {
        let node = try open(.object)
        var names: [Int] = []
        skipSpace(span)
        if try peek(span) == 0x7D { return close(node) }
        while true {
            skipSpace(span)
            guard try peek(span) == 0x22 else { throw .syntax(at: at) }
            names.append(nodes.count)
            try string(span)
            try refuseDuplicate(names, span)
            skipSpace(span)
            try expect(0x3A, span)
            skipSpace(span)
            try value(span)
            skipSpace(span)
            if try peek(span) == 0x7D { return close(node) }
            try expect(0x2C, span)
        }
    }

    private mutating func array(_ span: RawSpan) throws(JSONFault) {
        let node = try open(.array)
        skipSpace(span)
        if try peek(span) == 0x5D { return close(node) }
        while true {
            skipSpace(span)
            try value(span)
            skipSpace(span)
            if try peek(span) == 0x5D { return close(node) }
            try expect(0x2C, span)
        }
    }

    private mutating func open(_ kind: JSONIndex.Kind) throws(JSONFault) -> Int {
        guard depth < JSONLimits.depth else { throw .tooDeep }
        depth += 1
        nodes.append(JSONIndex.Node(kind: kind, range: at..<at + 1, next: 0))
        at += 1
        return nodes.count - 1
    }

    private mutating func close(_ node: Int) {
        at += 1
        depth -= 1
        nodes[node].range = nodes[node].range.lowerBound..<at
        nodes[node].next = nodes.count
    }

    /// Names are no secrets, so the few that hold an escape may be copied to compare them.
    private func refuseDuplicate(_ names: [Int], _ span: RawSpan) throws(JSONFault) {
        guard names.count <= JSONLimits.members else { throw .tooManyMembers }
        let newest = nodes[names[names.count - 1]]
        for name in names.dropLast() where isSame(nodes[name], newest, span) {
            throw .duplicateKey(at: newest.range.lowerBound)
        }
    }

    private func isSame(_ a: JSONIndex.Node, _ b: JSONIndex.Node, _ span: RawSpan) -> Bool {
        if a.isEscaped || b.isEscaped { return JSONText.bytes(of: a, span) == JSONText.bytes(of: b, span) }
        return a.range.count == b.range.count
            && zip(a.range, b.range).allSatisfy { span[byte: $0] == span[byte: $1] }
    }

    private mutating func string(_ span: RawSpan) throws(JSONFault) {
        at += 1
        let start = at
        var escaped = false
        while true {
            let byte = try peek(span)
            switch byte {
            case 0x22:
                nodes.append(
                    JSONIndex.Node(
                        kind: .string, range: start..<at, isEscaped: escaped, next: nodes.count + 1))
                at += 1
                return
            case 0x5C:
                escaped = true
                at = try JSONText.skipEscape(at, span)
            case 0..<0x20: throw .syntax(at: at)
            case 0x20..<0x80: at += 1
            default: at = try JSONText.skipUTF8(at, span)
            }
        }
    }

    private mutating func number(_ span: RawSpan) throws(JSONFault) {
        let start = at
        if try peek(span) == 0x2D { at += 1 }
        if try peek(span) == 0x30 { at += 1 } else { try digits(span) }
        if at < span.byteCount, span[byte: at] == 0x2E {
            at += 1
            try digits(span)
        }
        if at < span.byteCount, span[byte: at] | 0x20 == 0x65 {
            at += 1
            if [0x2B, 0x2D].contains(try peek(span)) { at += 1 }
            try digits(span)
        }
        nodes.append(JSONIndex.Node(kind: .number, range: start..<at, next: nodes.count + 1))
    }

    private mutating func digits(_ span: RawSpan) throws(JSONFault) {
        guard (0x30...0x39).contains(try peek(span)) else { throw .syntax(at: at) }
        while at < span.byteCount, (0x30...0x39).contains(span[byte: at]) { at += 1 }
    }

    private mutating func word(_ text: StaticString, _ kind: JSONIndex.Kind, _ span: RawSpan)
        throws(JSONFault)
    {
        let start = at
        for byte in text.description.utf8 { try expect(byte, span) }
        nodes.append(JSONIndex.Node(kind: kind, range: start..<at, next: nodes.count + 1))
    }

    private mutating func expect(_ byte: UInt8, _ span: RawSpan) throws(JSONFault) {
        guard try peek(span) == byte else { throw .syntax(at: at) }
        at += 1
    }

    private func peek(_ span: RawSpan) throws(JSONFault) -> UInt8 {
        guard at < span.byteCount else { throw .cutOff }
        return span[byte: at]
    }

    private mutating func skipSpace(_ span: RawSpan) {
        while at < span.byteCount, [0x20, 0x09, 0x0A, 0x0D].contains(span[byte: at]) { at += 1 }
    }
}
