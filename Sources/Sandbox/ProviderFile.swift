import Foundation

/// The provider file (DESIGN.md, Provider file) by which advault finds a sandbox.
package enum ProviderFile {
    package static let name = "linkedin-sandbox"

    /// The ladder's addresses at the sandbox's base; its errors, headers and lifetimes are LinkedIn's.
    ///
    /// - Parameter native: of the shape of linkedin-ads-native: PKCE and no client secret, so no introspection.
    package static func json(baseURL: String, refresh: RefreshModel, native: Bool = false) throws -> Data {
        let analytics =
            "/rest/adAnalytics?q=analytics&pivot=ACCOUNT&timeGranularity=ALL&dateRange={dateRange}"
            + "&accounts=List({account})&fields=impressions,clicks"
        let tests: [[String: String]] = [
            test("adAccountUsers", "/rest/adAccountUsers?q=authenticatedUser", "r_ads", baseURL),
            test("adAccounts", "/rest/adAccounts?q=search&pageSize=10", "r_ads", baseURL),
            test("adAnalytics", analytics, "r_ads_reporting", baseURL),
        ]
        var file: [String: Any] = [
            "name": name, "authorize_url": baseURL + "/oauth/v2/authorization",
            "token_url": baseURL + "/oauth/v2/accessToken",
            "introspect_url": baseURL + "/oauth/v2/introspectToken",
            "revoke_url": baseURL + "/oauth/v2/revoke", "consent_page": baseURL + "/",
            "client_auth": "post", "pkce": "none", "scopes": ["r_ads", "r_ads_reporting"],
            "scope_separator": " ", "refresh": refresh.rawValue,
            "quirks": "linkedin-ads", "tests": tests,
        ]
        if native {
            file["authorize_url"] = baseURL + "/oauth/native-pkce/authorization"
            file.merge(["client_auth": "none", "pkce": "S256", "redirect_host": "127.0.0.1"]) { $1 }
            file["introspect_url"] = nil
        }
        let options: JSONSerialization.WritingOptions = [
            .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
        ]
        return try JSONSerialization.data(withJSONObject: file, options: options) + Data("\n".utf8)
    }

    private static func test(_ name: String, _ path: String, _ scope: String, _ base: String) -> [String:
        String]
    {
        ["name": name, "url": base + path, "scope": scope]
    }
}
