import Foundation

/// A registered OAuth client.
package struct App: Codable, Equatable, Sendable {
    package var id: String
    package var secret: String
    /// A redirect must equal one of these; on the native path the port is free.
    package var redirectURIs: [String]
    /// What the app's products allow.
    package var scopes: [String]
    /// False for an app that LinkedIn has not approved for programmatic refresh.
    package var refreshTokens: Bool
    /// True for an app that may use the native PKCE path, without its secret.
    package var native: Bool

    package init(
        id: String, secret: String, redirectURIs: [String],
        scopes: [String] = ["r_ads", "r_ads_reporting"], refreshTokens: Bool = true, native: Bool = false
    ) {
        self.id = id
        self.secret = secret
        self.redirectURIs = redirectURIs
        self.scopes = scopes
        self.refreshTokens = refreshTokens
        self.native = native
    }

    /// An app with a new ID and secret of LinkedIn's shapes; the secret has characters that need encoding.
    package static func random(redirectURIs: [String], native: Bool = false) -> App {
        App(
            id: "86" + Random.string(12, from: Random.lowercase),
            secret: "WPL_AP1." + Random.string(16, from: Random.base64URL) + ".+/"
                + Random.string(6, from: Random.base64URL) + "==",
            redirectURIs: redirectURIs, native: native)
    }

    enum CodingKeys: String, CodingKey {
        case id, secret, scopes, native
        case redirectURIs = "redirect_uris"
        case refreshTokens = "refresh_tokens"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try fields.decode(String.self, forKey: .id),
            secret: try fields.decode(String.self, forKey: .secret),
            redirectURIs: try fields.decodeIfPresent([String].self, forKey: .redirectURIs) ?? [],
            scopes: try fields.decodeIfPresent([String].self, forKey: .scopes) ?? [
                "r_ads", "r_ads_reporting",
            ],
            refreshTokens: try fields.decodeIfPresent(Bool.self, forKey: .refreshTokens) ?? true,
            native: try fields.decodeIfPresent(Bool.self, forKey: .native) ?? false)
    }

    /// Whether a redirect may go there: equality; for a native app on its path a loopback literal with any port, and
    /// nothing else.
    func allows(redirectURI: String, native onNativePath: Bool) -> Bool {
        guard onNativePath, native else { return redirectURIs.contains(redirectURI) }
        guard let url = URLComponents(string: redirectURI), url.scheme == "http" else { return false }
        guard url.host == "127.0.0.1" || url.host == "[::1]" || url.host == "::1" else { return false }
        return redirectURIs.contains { registered in
            guard let other = URLComponents(string: registered) else { return false }
            return other.host == url.host && other.path == url.path
        }
    }
}
