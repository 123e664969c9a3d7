import OAuthCore
import Providers
import Secrets
import Testing

@Suite struct CatalogTests {
    private func file(_ name: String, saying inner: String) -> Catalog.File {
        Catalog.File(
            name: name,
            bytes: Array("{\(ProviderFileTests.least.replacing("\"x\"", with: "\"\(inner)\""))}".utf8))
    }

    @Test func linkedInIsAsLinkedInSays() throws {
        let profile = try linkedIn()
        #expect(profile.authorizeURL.text == "https://www.linkedin.com/oauth/v2/authorization")
        #expect(profile.tokenURL.text == "https://www.linkedin.com/oauth/v2/accessToken")
        #expect(profile.introspectURL?.text == "https://www.linkedin.com/oauth/v2/introspectToken")
        #expect(profile.consentPage?.text == "https://www.linkedin.com/psettings/permitted-services")
        #expect(profile.scopes == ["r_ads", "r_ads_reporting"])
        #expect(profile.clientAuth == .post)
        #expect(profile.pkce == .none)
        #expect(profile.refreshGraceSeconds == 0)
    }

    /// LINKEDIN.md, Authorize: PKCE and no client secret, on an address of its own; the rest is the ordinary profile's.
    @Test func theNativeProfileDiffersInWhatASecretDecides() throws {
        var native = try Catalog.profile(named: "linkedin-ads-native", files: [])
        #expect(native.authorizeURL.text == "https://www.linkedin.com/oauth/native-pkce/authorization")
        #expect(native.clientAuth == .none && native.pkce == .s256 && native.redirectHost == .literal)
        // Both want a client secret.
        #expect(native.introspectURL == nil && native.revokeURL == nil)
        let ordinary = try linkedIn()
        #expect(try native.destinationDigest() != ordinary.destinationDigest())
        (native.name, native.authorizeURL) = (ordinary.name, ordinary.authorizeURL)
        (native.clientAuth, native.pkce, native.redirectHost) = (.post, .none, .localhost)
        (native.introspectURL, native.revokeURL) = (ordinary.introspectURL, ordinary.revokeURL)
        native.documentation = ordinary.documentation
        #expect(native == ordinary)
    }

    @Test func aFileMayHoldRedirectsToLiterals() throws {
        #expect(try ProviderFileTests.parse(#""redirect_host":"127.0.0.1""#).redirectHost == .literal)
        #expect(try ProviderFileTests.parse(#""redirect_host":"localhost""#).redirectHost == .localhost)
        #expect(throws: ProvidersError.notOneOf("redirect_host", ["localhost", "127.0.0.1"])) {
            _ = try ProviderFileTests.parse(#""redirect_host":"example.com""#)
        }
    }

    @Test func findsAFileByItsName() throws {
        #expect(
            try Catalog.profile(named: "x", files: [file("y", saying: "y"), file("x", saying: "x")]).name
                == "x")
        #expect(throws: ProvidersError.unknownProvider("z")) { try Catalog.profile(named: "z", files: []) }
        #expect(throws: ProvidersError.nameIsNotTheFiles("y")) {
            try Catalog.profile(named: "x", files: [file("x", saying: "y")])
        }
    }

    /// A file must not send the client secret of a built-in provider's app elsewhere.
    @Test func aBuiltInNameCannotBeTakenOver() throws {
        let found = try Catalog.profile(
            named: "linkedin-ads", files: [file("linkedin-ads", saying: "linkedin-ads")])
        #expect(found == (try linkedIn()))
    }

    /// Whatever decides where secrets go changes the digest; nothing else does.
    @Test func theDigestPinsDestinations() throws {
        let before = try linkedIn().destinationDigest()
        let other = try EndpointURL("https://evil.example/")
        let moved: [(inout ProviderProfile) -> Void] = [
            { $0.name = "other" }, { $0.authorizeURL = other }, { $0.tokenURL = other },
            { $0.introspectURL = other },
            { $0.introspectURL = nil }, { $0.revokeURL = other }, { $0.issuer = "https://evil.example" },
            { $0.clientAuth = .basic }, { $0.tests[0] = .init(name: "a", url: other, scope: nil) },
        ]
        for change in moved {
            var profile = try linkedIn()
            change(&profile)
            #expect(try profile.destinationDigest() != before)
        }
        var free = try linkedIn()
        free.scopes = ["other"]
        free.quirks = nil
        free.documentation = other
        free.errorClasses = ["x": .app]
        #expect(try free.destinationDigest() == before)
        #expect(before.count == 32)
    }

    /// The canonical form, spelled out once.
    @Test func theDigestIsOfTheCanonicalJSON() throws {
        let profile = try ProviderFileTests.parse(#""issuer":"https://a.example""#)
        let canonical =
            #"{"authorize_url":"https://a.example/a","client_auth":"post","issuer":"https://a.example","name":"x","tests":[],"token_url":"https://a.example/t"}"#
        #expect(try profile.destinationDigest() == (try SHA256.hash(Array(canonical.utf8))))
    }
}
