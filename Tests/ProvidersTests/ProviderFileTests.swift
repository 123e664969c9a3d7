import OAuthCore
import Providers
import Testing

@Suite struct ProviderFileTests {
    static let least =
        #""name":"x","authorize_url":"https://a.example/a","token_url":"https://a.example/t","client_auth":"post","refresh":"rotating""#

    static func parse(_ more: String) throws -> ProviderProfile {
        try ProviderFile.parse(Array("{\(least)\(more.isEmpty ? "" : ",")\(more)}".utf8))
    }

    @Test func theLeastThatWillDo() throws {
        let profile = try Self.parse("")
        #expect(profile.name == "x")
        #expect(profile.pkce == .none)
        #expect(profile.scopeSeparator == " ")
        #expect(profile.refreshGraceSeconds == 0)
        #expect(profile.accessLifetimeField == "expires_in")
        #expect(profile.refreshLifetimeField == "refresh_token_expires_in")
        #expect(profile.quirks == nil)
    }

    @Test func everyField() throws {
        let profile = try ProviderFile.parse(
            Array(
                """
                {"name":"all-1","authorize_url":"https://a.example/a?x=1","token_url":"http://127.0.0.1:9/t",
                "introspect_url":"https://a.example/i","revoke_url":"https://a.example/r","issuer":"https://a.example",
                "consent_page":"https://a.example/c","documentation":"https://a.example/d","client_auth":"basic",
                "pkce":"S256","scopes":["b","c"],"scope_separator":",","authorize_params":{"z":"1","a":"2"},
                "token_params":{"t":"3"},"refresh_params":{"scope":"b c"},"refresh":"stable","refresh_grace_s":30,
                "headers":{"User-Agent":"me/1"},"error_classes":{"gone":"reconnect","later":"transient"},
                "access_lifetime_field":"ttl","refresh_lifetime_field":"rttl",
                "tests":[{"name":"me","url":"https://a.example/me","scope":"b"},{"name":"n","url":"https://a.example/n"}],
                "quirks":"linkedin-ads"}
                """.utf8))
        #expect(profile.name == "all-1")
        #expect(profile.authorizeURL.text == "https://a.example/a?x=1")
        #expect(profile.tokenURL.text == "http://127.0.0.1:9/t")
        #expect(profile.introspectURL?.text == "https://a.example/i")
        #expect(profile.revokeURL?.text == "https://a.example/r")
        #expect(profile.issuer == "https://a.example")
        #expect(profile.consentPage?.text == "https://a.example/c")
        #expect(profile.documentation?.text == "https://a.example/d")
        #expect(profile.clientAuth == .basic)
        #expect(profile.pkce == .s256)
        #expect(profile.scopes == ["b", "c"])
        #expect(profile.scopeSeparator == ",")
        #expect(profile.authorizeParams == [.init("z", "1"), .init("a", "2")])
        #expect(profile.tokenParams == [.init("t", "3")])
        #expect(profile.refreshParams == [.init("scope", "b c")])
        #expect(profile.refresh == .stable)
        #expect(profile.refreshGraceSeconds == 30)
        #expect(profile.headers == [HTTPHeader("User-Agent", "me/1")])
        #expect(profile.errorClasses == ["gone": .reconnect, "later": .transient])
        #expect(profile.accessLifetimeField == "ttl")
        #expect(profile.refreshLifetimeField == "rttl")
        #expect(profile.tests.map(\.name) == ["me", "n"])
        #expect(profile.tests.map(\.scope) == ["b", nil])
        #expect(profile.quirks?.name == "linkedin-ads")
    }

    @Test(arguments: ["name", "authorize_url", "token_url", "client_auth", "refresh"])
    func namesWhatIsMissing(_ key: String) {
        let members = Self.least.split(separator: ",").filter { !$0.hasPrefix("\"\(key)\"") }
        #expect(throws: ProvidersError.missingKey(key)) {
            try ProviderFile.parse(Array("{\(members.joined(separator: ","))}".utf8))
        }
    }

    static let kinds = ["reconnect", "app", "transient", "cancelled", "ours"]
    static let refused: [(String, ProvidersError)] = [
        (#""nmae":"y""#, .unknownKey("nmae")), (#""client_secret":"y""#, .unknownKey("client_secret")),
        (#""tests":[{"name":"a","uri":"https://a.example/"}]"#, .unknownKey("tests[0].uri")),
        (#""tests":[{"name":"a"}]"#, .missingKey("tests[0].url")),
        (#""tests":["a"]"#, .wrongValue("tests[0]")),
        (#""tests":{}"#, .wrongValue("tests")), (#""revoke_url":"""#, .wrongValue("revoke_url")),
        (#""revoke_url":null"#, .wrongValue("revoke_url")), (#""revoke_url":1"#, .wrongValue("revoke_url")),
        (#""revoke_url":"http://a.example/r""#, .url("revoke_url", .notHTTPS)),
        (#""revoke_url":"https://a.example/r#f""#, .url("revoke_url", .fragment)),
        (#""tests":[{"name":"a","url":"http://a.example/"}]"#, .url("tests[0].url", .notHTTPS)),
        (#""issuer":"a.example""#, .url("issuer", .notAbsolute)),
        (#""pkce":"plain""#, .notOneOf("pkce", ["S256", "none"])),
        (#""scopes":"a b""#, .wrongValue("scopes")), (#""scopes":["a","b c"]"#, .wrongValue("scopes[1]")),
        (#""scope_separator":";""#, .notOneOf("scope_separator", [" ", ","])),
        (#""authorize_params":{"state":"x"}"#, .reserved("authorize_params.state")),
        (#""authorize_params":{"a":1}"#, .wrongValue("authorize_params.a")),
        (#""token_params":{"client_secret":"x"}"#, .reserved("token_params.client_secret")),
        (#""refresh_params":{"refresh_token":"x"}"#, .reserved("refresh_params.refresh_token")),
        (#""refresh_grace_s":-1"#, .wrongValue("refresh_grace_s")),
        (#""refresh_grace_s":"30""#, .wrongValue("refresh_grace_s")),
        (#""headers":{"Authorization":"x"}"#, .reserved("headers.Authorization")),
        (#""headers":{"a b":"x"}"#, .wrongValue("headers.a b")),
        (#""headers":{"a":"x\r\nb: c"}"#, .wrongValue("headers.a")),
        (#""headers":{"a":"é"}"#, .wrongValue("headers.a")),
        (#""error_classes":{"x":"dead"}"#, .notOneOf("error_classes.x", kinds)),
        (#""quirks":"google""#, .notOneOf("quirks", ["linkedin-ads"])),
        (#""pkce":"S256","pkce":"none""#, .json(.duplicateKey(at: 141))),
        (#""refresh_grace_s":1.5"#, .json(.notAnInteger(at: 144))),
    ]

    @Test(arguments: refused) func namesTheFault(_ more: String, _ error: ProvidersError) {
        #expect(throws: error) { try Self.parse(more) }
    }

    @Test(arguments: ["", "X", "a b", "../x", "a/b", "-a", "é", String(repeating: "a", count: 65)])
    func refusesAName(_ name: String) {
        let text = "{\(Self.least.replacing("\"name\":\"x\"", with: "\"name\":\"\(name)\""))}"
        #expect(throws: ProvidersError.wrongValue("name")) { try ProviderFile.parse(Array(text.utf8)) }
    }

    @Test func refusesWhatIsNoObjectOrTooLarge() {
        #expect(throws: ProvidersError.notAnObject) { try ProviderFile.parse(Array("[]".utf8)) }
        #expect(throws: ProvidersError.json(.tooLarge)) {
            try ProviderFile.parse([UInt8](repeating: 0x20, count: (64 << 10) + 1))
        }
    }
}
