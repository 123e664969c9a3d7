import Testing

@testable import OAuthCore  // The parser's index is no package API: it is reached through answers and files.

@Suite struct JSONTests {
    static let refused: [(String, JSONFault)] = [
        ("", .empty), ("  \n", .empty), ("{", .cutOff), ("{\"a\":1", .cutOff), ("{\"a\":\"b", .cutOff),
        ("[1,", .cutOff), ("tru", .cutOff), ("\"\\u12", .cutOff), ("\"\\", .cutOff), ("-", .cutOff),
        ("1.", .cutOff),
        ("nope", .syntax(at: 1)), ("{a:1}", .syntax(at: 1)), ("[1,]", .syntax(at: 3)),
        ("{\"a\":1,}", .syntax(at: 7)),
        ("{} x", .syntax(at: 3)), ("01", .syntax(at: 1)), ("+1", .syntax(at: 0)), (".5", .syntax(at: 0)),
        ("\"\u{01}\"", .syntax(at: 1)), ("\"\\x\"", .syntax(at: 1)), ("'a'", .syntax(at: 0)),
        ("\u{FEFF}{}", .syntax(at: 0)), ("\"\\ud800\"", .cutOff), ("\"\\ud800xxxxxx\"", .encoding(at: 1)),
        ("\"\\udc00\"", .encoding(at: 1)), ("\"\\ud800\\u0041\"", .encoding(at: 1)),
        ("{\"a\":1,\"a\":2}", .duplicateKey(at: 8)), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey(at: 8)),
        ("[[[[[[[[[]]]]]]]]]", .tooDeep), ("1.5", .notAnInteger(at: 0)), ("[1e3]", .notAnInteger(at: 1)),
        ("9223372036854775808", .notAnInteger(at: 0)),
    ]

    @Test(arguments: refused) func refuses(_ text: String, _ fault: JSONFault) {
        #expect(throws: fault) { try JSONValue.parse(Array(text.utf8)) }
    }

    static let encodings: [[UInt8]] = [
        [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3, 0x28], [0xE2, 0x82, 0x28], [0xFF],
    ]

    @Test(arguments: encodings) func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        #expect(throws: JSONFault.encoding(at: 1)) {
            try JSONValue.parse([0x22] + bytes + [0x22, 0x20, 0x20])
        }
    }

    @Test func takesEightDeepAndEveryKind() throws {
        #expect(throws: Never.self) { try JSONValue.parse(Array("[[[[[[[[]]]]]]]]".utf8)) }
        let text = #" { "a" : [ 1 , -2, "x\u00e9\n\ud83d\ude00é", true,false,null, {} , [] ] , "b":{"a":0}} "#
        let value = try JSONValue.parse(Array(text.utf8))
        let a: [JSONValue] = [
            .integer(1), .integer(-2), .string("xé\n😀é"), .bool(true), .bool(false), .null, .object([]),
            .array([]),
        ]
        #expect(value == .object([.init("a", .array(a)), .init("b", .object([.init("a", .integer(0))]))]))
    }

    @Test func refusesOverSizeAndTooManyMembers() {
        let long = Array("\"".utf8) + [UInt8](repeating: 0x61, count: 64 << 10) + Array("\"".utf8)
        #expect(throws: JSONFault.tooLarge) { try JSONValue.parse(long) }
        let many = "{" + (0...256).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
        #expect(throws: JSONFault.tooManyMembers) { try JSONValue.parse(Array(many.utf8)) }
    }

    /// Every beginning of a whole text is cut off or empty, never anything else and never a crash.
    @Test func everyPrefixIsRefused() {
        let whole = Array(
            #"{"access_token":"aA0\u00e9é","expires_in":5184000,"x":[true,null,{"y":-1.5e+3}]}"#.utf8)
        for size in 0..<whole.count {
            let prefix = Array(whole[..<size])
            #expect(throws: (any Error).self) { try JSONValue.parse(prefix) }
        }
    }

    /// RFC 8785, 3.2.2.2 and 3.2.3: its own sorting sample, and what must be escaped.
    @Test func writesCanonically() throws {
        let names = ["\u{20AC}", "\r", "\u{FB33}", "1", "\u{1F600}", "\u{80}", "\u{F6}"]
        let value = JSONValue.object(names.map { .init($0, .integer(1)) })
        let order = ["\\r", "1", "\u{80}", "\u{F6}", "\u{20AC}", "\u{1F600}", "\u{FB33}"]
        let expected = "{" + order.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        #expect(String(decoding: value.canonical(), as: UTF8.self) == expected)
        let text = JSONValue.string("\u{20AC}$\u{0F}\nA'B\"\\\\\"/\u{7F}\u{08}\u{0C}\t")
        let escaped = "\"\u{20AC}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7F}\\b\\f\\t\""
        #expect(String(decoding: text.canonical(), as: UTF8.self) == escaped)
        #expect(try JSONValue.parse(text.canonical()) == text)
        #expect(value.encoded().hasPrefix("{\"\u{20AC}\":1,\"\\r\":1"))
    }
}
