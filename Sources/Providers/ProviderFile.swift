package import OAuthCore

/// Reads `providers/NAME.json` (DESIGN.md, Provider file).
///
/// Two keys more than that page lists: `redirect_host`, and `quirks`, the name of a built-in platform whose error
/// table, test ladder and lifetimes the server shares: a regional gateway, or a sandbox shaped like it.
package enum ProviderFile {
    static let keys = [
        "name", "authorize_url", "token_url", "introspect_url", "revoke_url", "issuer", "consent_page",
        "documentation", "client_auth", "pkce", "redirect_host", "scopes", "scope_separator",
        "authorize_params", "token_params", "refresh_params", "refresh", "refresh_grace_s", "headers",
        "error_classes", "access_lifetime_field",
        "refresh_lifetime_field", "tests", "quirks",
    ]

    /// Every fault names its key. At most 64 KiB.
    package static func parse(_ bytes: [UInt8]) throws(ProvidersError) -> ProviderProfile {
        let fields = try FileFields(parse(json: bytes), path: "", keys: keys)
        var profile = ProviderProfile(
            name: try name(fields), authorizeURL: try fields.url("authorize_url"),
            tokenURL: try fields.url("token_url"), clientAuth: try fields.word("client_auth"),
            refresh: try fields.word("refresh"))
        try readAddresses(fields, into: &profile)
        try readScopes(fields, into: &profile)
        try readParameters(fields, into: &profile)
        try readAnswers(fields, into: &profile)
        profile.tests = try tests(fields)
        return profile
    }

    private static func parse(json bytes: [UInt8]) throws(ProvidersError) -> JSONValue {
        do { return try JSONValue.parse(bytes) } catch { throw .json(error) }
    }

    /// Part of a path and of a redirect URI: lowercase letters, digits and hyphens, at most 64.
    private static func name(_ fields: FileFields) throws(ProvidersError) -> String {
        let name = try fields.text("name")
        let allowed = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        guard allowed, name.utf8.count <= 64, !name.hasPrefix("-") else { throw .wrongValue("name") }
        return name
    }

    private static func readAddresses(
        _ fields: FileFields, into profile: inout ProviderProfile
    ) throws(ProvidersError) {
        profile.introspectURL = try fields.optionalURL("introspect_url")
        profile.revokeURL = try fields.optionalURL("revoke_url")
        profile.consentPage = try fields.optionalURL("consent_page")
        profile.documentation = try fields.optionalURL("documentation")
        profile.issuer = try fields.optionalURL("issuer")?.text
        profile.pkce = try fields.optionalWord("pkce") ?? .none
        profile.redirectHost = try fields.optionalWord("redirect_host") ?? .localhost
    }

    private static func readScopes(
        _ fields: FileFields, into profile: inout ProviderProfile
    ) throws(ProvidersError) {
        profile.scopes = try fields.texts("scopes")
        guard let separator = try fields.optionalText("scope_separator") else { return }
        guard [" ", ","].contains(separator) else { throw .notOneOf("scope_separator", [" ", ","]) }
        profile.scopeSeparator = separator
    }

    private static func readParameters(
        _ fields: FileFields, into profile: inout ProviderProfile
    ) throws(ProvidersError) {
        profile.authorizeParams = try fields.parameters("authorize_params", reserved: ReservedNames.authorize)
        profile.tokenParams = try fields.parameters("token_params", reserved: ReservedNames.token)
        profile.refreshParams = try fields.parameters("refresh_params", reserved: ReservedNames.refresh)
        profile.headers = try fields.headers("headers")
    }

    private static func readAnswers(
        _ fields: FileFields, into profile: inout ProviderProfile
    ) throws(ProvidersError) {
        profile.refreshGraceSeconds = try fields.integer("refresh_grace_s", in: 0...86_400) ?? 0
        profile.errorClasses = try fields.kinds("error_classes")
        profile.accessLifetimeField =
            try fields.optionalText("access_lifetime_field") ?? profile.accessLifetimeField
        profile.refreshLifetimeField =
            try fields.optionalText("refresh_lifetime_field") ?? profile.refreshLifetimeField
        guard let name = try fields.optionalText("quirks") else { return }
        guard let quirks = Catalog.quirks.first(where: { $0.name == name }) else {
            throw .notOneOf("quirks", Catalog.quirks.map(\.name))
        }
        profile.quirks = quirks
    }

    private static func tests(_ fields: FileFields) throws(ProvidersError) -> [ProviderProfile.Test] {
        var tests: [ProviderProfile.Test] = []
        for (position, value) in try fields.array("tests", atMost: 16).enumerated() {
            let test = try FileFields(value, path: "tests[\(position)].", keys: ["name", "url", "scope"])
            tests.append(
                ProviderProfile.Test(
                    name: try test.text("name"), url: try test.url("url"),
                    scope: try test.optionalText("scope")))
        }
        return tests
    }
}
