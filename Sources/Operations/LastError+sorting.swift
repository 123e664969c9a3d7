internal import CredentialVault
internal import OAuthCore
internal import Providers

extension LastError {
    /// The vault's word for what the provider said; nil where nothing is to be remembered of a connection.
    init?(_ code: OAuthError.Code) {
        switch code {
        case .invalidGrant: self = .invalidGrant
        case .clientMismatch: self = .clientMismatch
        case .invalidClient: self = .invalidClient
        case .unauthorizedClient: self = .unauthorizedClient
        case .redirectURI: self = .redirectURI
        case .invalidRequest: self = .invalidRequest
        case .scope: self = .scope
        case .revoked: self = .revoked
        case .expired: self = .expired
        case .restricted: self = .restricted
        case .forbidden: self = .forbidden
        case .quota: self = .quota
        case .apiVersion: self = .apiVersion
        case .transient: self = .transient
        case .unreadable: self = .unreadable
        case .cancelled: return nil
        }
    }

    /// The vault's word for what a test found; nil where nothing is wrong.
    init?(_ verdict: TestVerdict) {
        switch verdict {
        case .works, .worksWithoutAccount, .skipped: return nil
        case .scopesMissing: self = .scope
        case .permissionMissing, .notFound: self = .forbidden
        case .apiVersionWithdrawn: self = .apiVersion
        case .quotaUsed: self = .quota
        case .revoked: self = .revoked
        case .expired: self = .expired
        // Of the access token; `invalid-grant` is kept for what a refresh finds.
        case .invalid: self = .revoked
        case .memberRestricted: self = .restricted
        case .appRefused(let refusal):
            guard let word = LastError(refusal.code) else { return nil }
            self = word
        case .transient: self = .transient
        case .unreadable: self = .unreadable
        case .ourBug: self = .invalidRequest
        }
    }
}
