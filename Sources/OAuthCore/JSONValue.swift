/// JSON that is not secret: provider files, settings, `--json`. Objects keep the order of their members.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Equatable, Sendable {
        package let name: String
        package let value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Strict RFC 8259; at most 64 KiB, depth 8, no duplicate names, integers only.
    package static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
        let span = unsafe bytes.span.bytes
        let index = try JSONIndex(parsing: span)
        return try value(0, index, span)
    }

    private static func value(_ at: Int, _ index: JSONIndex, _ span: RawSpan) throws(JSONFault) -> JSONValue {
        let node = index.nodes[at]
        switch node.kind {
        case .null: return .null
        case .yes: return .bool(true)
        case .no: return .bool(false)
        case .string: return .string(text(node, span))
        case .number:
            guard let integer = index.integer(at: at, span) else {
                throw .notAnInteger(at: node.range.lowerBound)
            }
            return .integer(integer)
        case .array:
            var values: [JSONValue] = []
            for element in index.elements(of: at) { values.append(try value(element, index, span)) }
            return .array(values)
        case .object:
            var members: [Member] = []
            for member in index.members(of: at) {
                members.append(
                    Member(text(index.nodes[member.name], span), try value(member.value, index, span)))
            }
            return .object(members)
        }
    }

    private static func text(_ node: JSONIndex.Node, _ span: RawSpan) -> String {
        String(decoding: JSONText.bytes(of: node, span), as: UTF8.self)
    }
}
