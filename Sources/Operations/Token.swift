internal import CredentialVault
package import Secrets

/// `token`: lends the access token, after the vault is locked again. Refreshes first when it is over.
package enum Token {
    /// - Throws: `.accessOver` where it is over and nothing renews it, and whatever a refresh throws.
    package static func lend<R: ~Copyable>(
        of name: String, in context: Context, _ body: (borrowing SecretBytes) -> R
    ) throws(OperationError) -> R {
        let row = try context.readLocked().connectionNamed(name)
        try context.key.check()
        let token = try fetch(row, in: context)
        return body(token)
    }

    private static func fetch(
        _ seen: ConnectionRow, in context: Context
    ) throws(OperationError) -> SecretBytes {
        let locks = try context.sharedLock()
        return try context.unlocked(under: locks) { (vault) throws(OperationError) in
            guard var row = vault.connection(seen.id) else { throw .noConnection(seen.name) }
            if row.isAccessOver(at: context.clock()) {
                _ = try context.refreshOne(row, in: &vault, under: locks) {
                    !$0.isAccessOver(at: context.clock())
                }
                row = vault.connection(seen.id) ?? row
            }
            let held = try ofVault(vault.secrets(of: row))
            switch held.accessToken {
            case .some(let token): return try ofSecrets(token.copy())
            case .none: throw .accessOver
            }
        }
    }
}
