internal import CredentialVault
internal import OAuthCore
internal import Secrets

/// `app export`: an app with its client secret, sealed to somebody else's public key.
package enum AppExport {
    package struct Report: Equatable, Sendable {
        package let app: AppReport
        /// False for an app of a provider whose apps have none: all of it is clear then.
        package let hasSecret: Bool
        /// `advault1…`
        package let receiver: String
        package let sealedAt: Int64
        /// `ADVAULT-APP-1 …`: ciphertext and clear columns.
        package let file: String
    }

    /// - Parameter receiver: X25519, 32 bytes.
    package static func run(
        _ name: String, to receiver: [UInt8], in context: Context
    ) throws(OperationError) -> Report {
        _ = try TrustedApp(context.readLocked().appNamed(name), in: context)
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                guard let row = vault.app(named: name) else { throw .noApp(name) }
                // Of the verified row: the receiver would trust what a writer of the file has put there.
                let trusted = try TrustedApp(row, in: context)
                let file = try ofVault(vault.export(row, to: receiver, now: context.clock()))
                return Report(
                    app: AppReport(row, connections: vault.connections, in: context),
                    hasSecret: trusted.profile.clientAuth != .none,
                    receiver: MachineKey.publicText(of: file.receiver), sealedAt: file.createdAt,
                    file: file.text)
            }
        }
    }
}
