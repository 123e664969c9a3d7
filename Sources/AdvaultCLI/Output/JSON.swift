internal import OAuthCore

/// `--json`: one object with `"schema": 1`, times as RFC 3339, absent values as null.
enum JSON {
    /// The object as it is printed.
    static func text(_ members: [JSONValue.Member]) -> String {
        JSONValue.object([.init("schema", .integer(1))] + members).encoded()
    }

    static func answer(_ members: [JSONValue.Member]) throws(CommandError) {
        try Output.answer(text(members))
    }

    static func answer(_ members: JSONValue.Member...) throws(CommandError) {
        try Output.answer(text(members))
    }
}

extension JSONValue {
    static func time(_ seconds: Int64?) -> JSONValue { seconds.map { .string(Timestamp.text($0)) } ?? .null }

    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
