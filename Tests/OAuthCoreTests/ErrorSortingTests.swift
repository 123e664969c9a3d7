import OAuthCore
import Secrets
import Testing

/// The rules of RFC 6749 and of a profile's `error_classes`. LinkedIn's table is in the tests of Providers.
@Suite struct ErrorSortingTests {
    private func sorted(
        _ status: Int, _ body: String, _ classes: [String: OAuthError.Kind] = [:]
    ) throws -> OAuthError.Refusal? {
        var profile = try plainProfile()
        profile.errorClasses = classes
        let answer = try answer(status, body)
        let error = failure { [profile] () throws(OAuthError) in
            _ = try TokenAnswer.read(answer, profile: profile)
        }
        guard case .refused(let refusal) = error else { return nil }
        return refusal
    }

    static let rows: [(Int, String?, OAuthError.Kind, OAuthError.Code)] = [
        (400, "invalid_grant", .reconnect, .invalidGrant), (401, "invalid_grant", .reconnect, .invalidGrant),
        (401, "invalid_client", .app, .invalidClient), (400, "invalid_client", .app, .invalidClient),
        (400, "unauthorized_client", .app, .unauthorizedClient), (400, "invalid_scope", .app, .scope),
        (400, "redirect_uri_mismatch", .app, .redirectURI), (400, "invalid_request", .ours, .invalidRequest),
        (400, "unsupported_grant_type", .ours, .invalidRequest),
        (400, "something_new", .transient, .transient), (400, "INVALID_GRANT", .transient, .transient),
        (400, nil, .transient, .transient), (403, nil, .transient, .transient),
        (404, nil, .transient, .transient),
        (400, "access_denied", .transient, .transient),
        // The server's own trouble, whatever it says.
        (500, "invalid_grant", .transient, .transient), (503, "invalid_client", .transient, .transient),
        (429, "invalid_grant", .transient, .transient), (408, "invalid_grant", .transient, .transient),
    ]

    @Test(arguments: rows) func sorts(
        _ status: Int, _ word: String?, _ kind: OAuthError.Kind, _ code: OAuthError.Code
    ) throws {
        let body = word.map { "{\"error\":\"\($0)\",\"error_description\":\"it &lt;says&gt;\"}" } ?? "{}"
        let refusal = try sorted(status, body)
        let description = word == nil ? nil : "it <says>"
        #expect(
            refusal
                == OAuthError.Refusal(
                    kind: kind, code: code, status: status, word: word, description: description))
    }

    @Test func theProfilesClassesWin() throws {
        let classes: [String: OAuthError.Kind] = [
            "invalid_grant": .transient, "bad_token": .reconnect, "x": .app,
        ]
        #expect(try sorted(400, #"{"error":"invalid_grant"}"#, classes)?.kind == .transient)
        #expect(try sorted(400, #"{"error":"bad_token"}"#, classes)?.code == .invalidGrant)
        #expect(try sorted(400, #"{"error":"x"}"#, classes)?.kind == .app)
        #expect(try sorted(500, #"{"error":"bad_token"}"#, classes)?.kind == .transient)
    }

    @Test(arguments: [
        ("a &amp; b", "a & b"), ("&quot;r_ads&quot; &#39;x&#x27;", "\"r_ads\" 'x'"), ("&amp;lt;", "&lt;"),
        ("&unknown; & &", "&unknown; & &"), ("&#1114112;&#xD800;&#;", "&#1114112;&#xD800;&#;"),
        ("&#x1F600;", "😀"),
        ("&nbsp;", "\u{A0}"), ("plain", "plain"),
    ]) func decodesEntities(_ text: String, _ expected: String) throws {
        let refusal = try sorted(
            400, "{\"error\":\"x\",\"error_description\":\"\(text.replacing("\"", with: "\\\""))\"}")
        #expect(refusal?.description == expected)
    }

    @Test func cutsWhatIsLong() throws {
        let long = String(repeating: "é", count: 5000)
        let refusal = try sorted(400, "{\"error\":\"\(long)\",\"error_description\":\"\(long)\"}")
        #expect(refusal?.description?.count == 1000)
        #expect(refusal?.word?.count == 100)
    }

    @Test func withholdsWordsThatRepeatASecret() throws {
        let token = try secret("the-token")
        let refusal = try #require(
            try sorted(400, #"{"error":"invalid_grant","error_description":"not the-token!"}"#))
        let withheld = OAuthError.refused(refusal).withholding(token)
        #expect(withheld.providerDescription == nil)
        #expect(withheld.kind == .reconnect)
        #expect(OAuthError.refused(refusal).withholding(try secret("another")) == .refused(refusal))
        let inside = OAuthError.unreadable(status: 200, .errorInside("x the-token"))
        #expect(inside.withholding(token) == .unreadable(status: 200, .errorInside("")))
    }

    /// Words are cut to a length, and a server need not repeat the whole.
    @Test func withholdsWordsThatRepeatAPartOfASecret() throws {
        let characters = "AQXdSP_W41_UPs5ioT_t8HESyODB4FqbkJ8LrV_5mff4gPODzOYR"
        let token = try secret(String(repeating: characters, count: 30))
        let long = String(repeating: characters, count: 30)
        let cut = try #require(
            try sorted(400, "{\"error\":\"\(long)\",\"error_description\":\"bad \(long)\"}"))
        guard case .refused(let refusal) = OAuthError.refused(cut).withholding(token) else { return }
        #expect(refusal.word == nil)
        #expect(refusal.description == nil)
        let part = OAuthError.unreadable(status: 200, .errorInside("x ODB4FqbkJ8LrV x"))
        #expect(part.withholding(token) == .unreadable(status: 200, .errorInside("")))
    }
}
