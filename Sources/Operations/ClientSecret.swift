internal import CredentialVault
internal import OAuthCore
internal import Secrets

/// What a client secret may be: 1…7,000 bytes of 0x20–0x7E (RFC 6749, A.2), and only where the profile uses one.
enum ClientSecret {
    static func check(
        _ secret: borrowing SecretBytes?, for profile: ProviderProfile
    ) throws(OperationError) {
        switch secret {
        case .some(let secret):
            guard profile.clientAuth != .none else { throw .clientSecretNotUsed }
            guard secret.count > 0 else { throw .clientSecretMissing }
            guard secret.count <= 7_000, isVisible(secret) else { throw .clientSecretMalformed }
        case .none:
            guard profile.clientAuth == .none else { throw .clientSecretMissing }
        }
    }

    private static func isVisible(_ secret: borrowing SecretBytes) -> Bool {
        secret.withBytes { span in
            unsafe span.withUnsafeBytes { unsafe $0.allSatisfy { (0x20...0x7E).contains($0) } }
        }
    }
}
