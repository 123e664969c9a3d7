import AdvaultCLI
import Testing

@Suite("Foreign text")
struct PrintableTests {
    @Test(
        "shows what a terminal would obey or hide",
        arguments: [
            ("plain words, ümläut, 日本", "\"plain words, ümläut, 日本\""),
            ("\u{1B}[31mred", "\"\\u{1B}[31mred\""),
            ("a\nb\r\tc\u{0}", "\"a\\u{A}b\\u{D}\\u{9}c\\u{0}\""),
            ("\u{202E}evil\u{2066}", "\"\\u{202E}evil\\u{2066}\""),
            ("zero\u{200B}width\u{FEFF}\u{200D}", "\"zero\\u{200B}width\\u{FEFF}\\u{200D}\""),
            ("line\u{2028}nbsp\u{A0}", "\"line\\u{2028}nbsp\\u{A0}\""),
            ("c1\u{9B}31m", "\"c1\\u{9B}31m\""),
            ("quote\"", "\"quote\\\"\""),
            ("tag\u{E0041}\u{3164}", "\"tag\\u{E0041}\\u{3164}\""),
        ])
    func quoted(_ text: String, _ shown: String) { #expect(Printable.quoted(text) == shown) }

    @Test("is cut off after 200 characters")
    func limit() {
        #expect(
            Printable.bare(String(repeating: "x", count: 201)) == String(repeating: "x", count: 200) + "…")
    }

    @Test("a name in a hint can be pasted into a shell")
    func argument() {
        #expect(Printable.argument("acme-linkedin_1.eu@x") == "acme-linkedin_1.eu@x")
        #expect(Printable.argument("acme ads; rm") == "'acme ads; rm'")
        #expect(Printable.argument("it's") == "'it'\\''s'")
    }
}
