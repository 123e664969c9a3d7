internal import CredentialVault
package import Secrets

/// `app import`: takes an app over that was sealed to a key of this vault, or to one in hand.
package enum AppImport {
    package struct Report: Equatable, Sendable {
        package let app: AppReport
        /// When the file was made, as the sender's clock said.
        package let sealedAt: Int64
    }

    /// - Parameter identity: opens the file, and no vault; nil: the key that opens the vault does.
    package static func run(
        _ draft: AppImportDraft, with identity: consuming Identity?, in context: Context
    ) throws(OperationError) -> Report {
        let id = try ofVault(RowID.random())
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        var identity = identity
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                let secrets = try open(draft.file, identity.take(), vault)
                do { try ClientSecret.check(secrets.clientSecret, for: draft.profile) } catch {
                    throw .appFileValue(.clientSecret)
                }
                let row = try commit(draft, secrets, id, &vault, context)
                return Report(
                    app: AppReport(vault.app(row.id) ?? row, connections: vault.connections, in: context),
                    sealedAt: draft.file.createdAt)
            }
        }
    }

    private static func open(
        _ file: AppFile, _ identity: consuming Identity?, _ vault: borrowing OpenVault
    ) throws(OperationError) -> AppSecrets {
        do throws(VaultError) {
            switch identity {
            case .some(let identity): return try file.open(with: identity)
            case .none: return try vault.secrets(in: file)
            }
        } catch { throw .vault(error) }
    }

    private static func commit(
        _ draft: AppImportDraft, _ secrets: consuming AppSecrets, _ id: RowID, _ vault: inout OpenVault,
        _ context: Context
    ) throws(OperationError) -> AppRow {
        let change: Change
        let row: AppRow
        switch draft.place {
        case .new(let name):
            row = draft.row(id, name)
            change = .addApp(row, secrets)
        case .into(let name):
            // Of the verified row: the one that was read locked only led here.
            row = try draft.counterpart(vault.app(named: name), name, in: context)
            change = .replaceApp(row, secrets)
        }
        do throws(VaultError) {
            try vault.commit(change, Event(.appImport, .ok), now: context.clock())
        } catch .nameTaken { throw .importTaken(row.name) } catch { throw .vault(error) }
        return row
    }
}
