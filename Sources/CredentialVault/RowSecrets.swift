package import Secrets

/// What is sealed in an app's row.
package struct AppSecrets: ~Copyable, Sendable {
    /// nil for a public client (client authentication "none").
    package var clientSecret: SecretBytes?

    package init(clientSecret: consuming SecretBytes?) { self.clientSecret = clientSecret }
}

/// What is sealed in a connection's row.
package struct ConnectionSecrets: ~Copyable, Sendable {
    package var accessToken: SecretBytes?
    package var refreshToken: SecretBytes?
    /// Which member or account this is, at most 256 bytes of UTF-8.
    package var account: SecretBytes?

    package init(
        accessToken: consuming SecretBytes? = nil, refreshToken: consuming SecretBytes? = nil,
        account: consuming SecretBytes? = nil
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.account = account
    }
}
