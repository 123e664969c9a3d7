internal import CredentialVault
internal import Secrets

/// One change of the row of an app that there is.
enum AppChange {
    /// - Parameters:
    ///   - secrets: nil: they stay, sealed anew.
    ///   - edit: is given the verified row. What was read locked only led here: a change that was built on it
    ///     would bless what somebody wrote into the file meanwhile.
    static func run(
        _ name: String, secrets: consuming AppSecrets?, _ operation: Operation, in context: Context,
        edit: (inout AppRow) throws(OperationError) -> Void
    ) throws(OperationError) -> AppReport {
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        var secrets = secrets
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                guard var row = vault.app(named: name) else { throw .noApp(name) }
                try edit(&row)
                try commit(row, secrets.take(), Event(operation, .ok), &vault, context)
                return AppReport(vault.app(row.id) ?? row, connections: vault.connections, in: context)
            }
        }
    }

    private static func commit(
        _ row: AppRow, _ secrets: consuming AppSecrets?, _ event: Event, _ vault: inout OpenVault,
        _ context: Context
    ) throws(OperationError) {
        do {
            try vault.commit(.replaceApp(row, secrets), event, now: context.clock())
        } catch .nameTaken { throw .appTaken(row.name) } catch { throw .vault(error) }
    }
}
