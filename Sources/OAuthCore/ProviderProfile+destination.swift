package import Secrets

extension ProviderProfile {
    /// What an app's row pins (FORMAT.md, `profile`): SHA-256 of the canonical JSON of everything that decides where
    /// secrets go: name, issuer, client_auth and every address that is sent one. 32 bytes.
    package func destinationDigest() throws(SecretsError) -> [UInt8] { fatalError() }
}
