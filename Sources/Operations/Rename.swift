internal import CredentialVault

/// `rename`: another name for a connection; its tokens, tags and history stay.
package enum Rename {
    package static func run(
        _ name: String, to newName: String, in context: Context
    ) throws(OperationError) -> ConnectionReport {
        try Name.check(newName, .connection)
        let locked = try context.readLocked()
        let seen = try locked.connectionNamed(name)
        guard locked.connection(named: newName) == nil else { throw .connectionTaken(newName) }
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        return try context.unlocked(under: locks) { (vault) throws(OperationError) in
            try context.holding(seen.id, of: &vault, under: locks) { (vault) throws(OperationError) in
                guard var row = vault.connection(seen.id) else { throw .noConnection(name) }
                row.name = newName
                let event = Event(.rename, .ok, connection: row.id)
                do throws(VaultError) {
                    try vault.commit(.replaceConnection(row, nil), event, now: context.clock())
                } catch .nameTaken { throw OperationError.connectionTaken(newName) } catch {
                    throw OperationError.vault(error)
                }
                return ConnectionReport(
                    vault.connection(seen.id) ?? row, app: vault.app(row.appID), now: context.clock())
            }
        }
    }
}
