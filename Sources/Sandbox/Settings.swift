import Foundation

/// What the server does with a refresh token.
package enum RefreshModel: String, Codable, Sendable, CaseIterable {
    /// The same one comes back each time and lives to the end of the consent: LinkedIn's way.
    case stable
    /// Each use spends it and brings another; a spent one that comes again ends the grant (RFC 9700, 4.14.2).
    case rotating
    /// None is given: renewal is manual.
    case none
}

/// How a member answers the consent page.
package enum Decision: String, Codable, Sendable, CaseIterable {
    case approve
    case cancelLogin = "user_cancelled_login"
    case cancelAuthorize = "user_cancelled_authorize"
}

/// An ad account on which the sandbox's one member has a role.
package struct AdAccount: Codable, Equatable, Sendable {
    package var id: Int
    package var name: String
    package var role: String

    package init(id: Int, name: String, role: String) {
        self.id = id
        self.name = name
        self.role = role
    }
}

/// What can be changed while the server runs (PUT /sandbox/settings, any subset of the fields).
package struct Settings: Codable, Equatable, Sendable {
    package var refresh = RefreshModel.stable
    /// Seconds; LinkedIn's 60 days.
    package var accessLifetime = 5_184_000
    /// Seconds from the consent; LinkedIn's 365 days.
    package var refreshLifetime = 31_536_000
    /// Seconds; LinkedIn's 30 minutes.
    package var codeLifetime = 1_800
    /// Added to the machine's clock, in seconds.
    package var clockOffset = 0
    /// Characters of each token.
    package var tokenLength = 500
    /// Whether `expires_in` is written as a string, as was seen on the wire.
    package var expiresAsString = false
    package var scopeInAnswer = true
    package var tokenTypeInAnswer = true
    /// False: a refresh under the stable model brings no refresh token, and the old one is to be kept.
    package var refreshInAnswer = true
    /// What `refresh_token_expires_in` claims instead of the truth; nil for the truth.
    package var claimedRefreshLifetime: Int?
    /// The error word of a dead grant: invalid_grant or invalid_request, both were seen.
    package var deadGrantError = "invalid_grant"
    /// The status of an unknown code: 400 or 401, both were seen.
    package var codeNotFoundStatus = 400
    /// Whether a spent refresh token that comes again ends the whole grant.
    package var reuseRevokes = true
    /// Seconds in which a spent refresh token is taken once more.
    package var refreshGrace = 0
    /// Whether /oauth/v2/revoke exists; LinkedIn documents none.
    package var revocation = false
    /// Answers the consent page without asking; nil shows it.
    package var consent: Decision?
    package var apiVersions = (202_511...202_512).map(String.init) + (202_601...202_610).map(String.init)
    package var accounts = [
        AdAccount(id: 123, name: "Sandbox account", role: "ACCOUNT_MANAGER"),
        AdAccount(id: 456, name: "Second account", role: "VIEWER"),
    ]
    package var memberRestricted = false
    /// API calls left of the day's quota; nil for no quota.
    package var callsLeft: Int?

    package init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case refresh
        case accessLifetime = "access_lifetime"
        case refreshLifetime = "refresh_lifetime"
        case codeLifetime = "code_lifetime"
        case clockOffset = "clock_offset"
        case tokenLength = "token_length"
        case expiresAsString = "expires_as_string"
        case scopeInAnswer = "scope_in_answer"
        case tokenTypeInAnswer = "token_type_in_answer"
        case refreshInAnswer = "refresh_in_answer"
        case claimedRefreshLifetime = "claimed_refresh_lifetime"
        case deadGrantError = "dead_grant_error"
        case codeNotFoundStatus = "code_not_found_status"
        case reuseRevokes = "reuse_revokes"
        case refreshGrace = "refresh_grace"
        case revocation
        case consent
        case apiVersions = "api_versions"
        case accounts
        case memberRestricted = "member_restricted"
        case callsLeft = "calls_left"
    }
}

extension Settings {
    /// These settings with the given fields replaced; an unknown field is an error.
    ///
    /// - Throws: `ControlError.body` with what was wrong.
    package func merging(_ patch: Data) throws -> Settings {
        let fields = try jsonObject(patch)
        let known = Set(CodingKeys.allCases.map(\.rawValue))
        for name in fields.keys where !known.contains(name) {
            throw ControlError.body("unknown setting: \(name)")
        }
        var merged = try jsonObject(JSONEncoder().encode(self))
        merged.merge(fields) { $1 }
        do {
            return try JSONDecoder().decode(
                Settings.self, from: JSONSerialization.data(withJSONObject: merged))
        } catch {
            throw ControlError.body("a setting has a wrong value: \(error)")
        }
    }
}

/// The members of a JSON object, or `ControlError.body`.
func jsonObject(_ data: Data) throws -> [String: Any] {
    guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
        throw ControlError.body("a JSON object was expected")
    }
    return object
}
