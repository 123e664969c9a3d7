import OAuthCore
import Secrets

/// What the tests of this module share: bytes in and out of the secure heap, answers and a plain profile.
func secret(_ text: String) throws -> SecretBytes { try SecretBytes(copying: Array(text.utf8).span.bytes) }

func text(_ secret: borrowing SecretBytes) -> String {
    secret.withBytes { span in
        String(
            decoding: (0..<span.byteCount).map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) },
            as: UTF8.self)
    }
}

/// The text of an optional secret, which may be nil.
func optionalText(_ value: borrowing SecretBytes?) -> String? {
    switch value {
    case .some(let value): text(value)
    case .none: nil
    }
}

func answer(_ status: Int, _ body: String, headers: [HTTPHeader] = []) throws -> HTTPAnswer {
    HTTPAnswer(status: status, headers: headers, body: try secret(body))
}

func plainProfile() throws -> ProviderProfile {
    var profile = ProviderProfile(
        name: "plain", authorizeURL: try EndpointURL("https://as.example/authorize"),
        tokenURL: try EndpointURL("https://as.example/token"), clientAuth: .post, refresh: .rotating)
    profile.introspectURL = try EndpointURL("https://as.example/introspect")
    profile.scopes = ["read", "write"]
    return profile
}

/// Runs `body` and returns what it threw; nil if it threw nothing.
func failure(_ body: () throws(OAuthError) -> Void) -> OAuthError? {
    do throws(OAuthError) {
        try body()
        return nil
    } catch { return error }
}
