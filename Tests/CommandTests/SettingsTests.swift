import AdvaultCLI
import Testing

@Suite("Settings")
struct SettingsTests {
    private func parse(_ text: String) throws -> Settings {
        try Settings(parsing: Array(text.utf8), path: "config.json")
    }

    @Test("API versions and ports, by provider")
    func reads() throws {
        let settings = try parse(#"{"api_versions":{"linkedin-ads":"202609"},"ports":{"linkedin-ads":9000}}"#)
        #expect(settings.apiVersions == ["linkedin-ads": "202609"])
        #expect(settings.port(for: "linkedin-ads") == 9000)
        #expect(settings.port(for: "other") == 8765)
    }

    @Test(
        "anything else is an error",
        arguments: [
            "", "[]", #"{"api_version":{}}"#, #"{"ports":{"a":0}}"#, #"{"ports":{"a":65536}}"#,
            #"{"ports":{"a":"8765"}}"#, #"{"api_versions":{"a":202609}}"#, #"{"ports":[]}"#,
        ])
    func refuses(_ text: String) { #expect(throws: CommandError.self) { try parse(text) } }
}
