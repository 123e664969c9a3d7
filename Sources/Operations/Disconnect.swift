internal import CredentialVault
package import OAuthCore

/// `disconnect`: deletes a connection here. The grant lives on at the provider until the member ends it there.
package enum Disconnect {
    package struct Report: Equatable, Sendable {
        package let name: String
        package let provider: String
        /// Where the member ends the grant; nil where the profile names no page or is gone.
        package let consentPage: EndpointURL?
    }

    /// Needs no profile: a connection of a provider whose file is gone can be deleted too.
    package static func run(_ name: String, in context: Context) throws(OperationError) -> Report {
        let seen = try context.readLocked().connectionNamed(name)
        try context.key.check()
        let locks = try context.sharedLock()
        return try locks.holding(seen.id, wait: context.lockWaitSeconds) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                guard let row = vault.connection(seen.id) else { throw .noConnection(name) }
                let event = Event(.disconnect, .ok, connection: row.id)
                try ofVault(vault.commit(.removeConnection(row.id), event, now: context.clock()))
                let provider = vault.app(row.appID)?.provider ?? ""
                let profile = try? context.profile(named: provider)
                return Report(name: row.name, provider: provider, consentPage: profile?.consentPage)
            }
        }
    }
}
