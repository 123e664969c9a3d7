internal import CredentialVault

/// What is said of one app. Nothing in it is secret.
package struct AppReport: Equatable, Sendable {
    package let name: String
    package let provider: String
    package let clientID: String
    /// To be registered with the provider exactly so.
    package let redirectURI: String
    /// As given; empty: the profile's.
    package let scopes: [String]
    package let createdAt: Int64
    package let updatedAt: Int64
    /// The names of its connections.
    package let connections: [String]
    /// The provider's profile sends secrets where it did when the app was added; nil where there is no such profile
    /// any more. False: `app trust`.
    package let isTrusted: Bool?

    init(_ row: AppRow, connections: [ConnectionRow], in context: Context) {
        (name, provider, clientID, redirectURI) = (row.name, row.provider, row.clientID, row.redirectURI)
        scopes = Scopes.split(row.scopes)
        (createdAt, updatedAt) = (row.createdAt, row.updatedAt)
        self.connections = connections.filter { $0.appID == row.id }.map(\.name).sorted()
        isTrusted = Self.isTrusted(row, in: context)
    }

    private static func isTrusted(_ row: AppRow, in context: Context) -> Bool? {
        do throws(OperationError) {
            _ = try TrustedApp(row, in: context)
            return true
        } catch .profileChanged { return false } catch { return nil }
    }
}
