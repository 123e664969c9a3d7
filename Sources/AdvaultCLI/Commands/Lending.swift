internal import Operations
internal import Secrets

/// How `token` and `exec` come to the access token.
enum Lending {
    /// Lends it when the vault is locked again. Hints name the connection.
    static func lend<R>(
        of name: String, _ vault: VaultOptions, _ key: KeyOptions, _ body: (borrowing SecretBytes) -> R
    ) throws -> R {
        var context = try vault.context()
        try key.add(to: &context)
        do { return try Token.lend(of: name, in: context, body) } catch {
            throw Explanation(error, connection: name)
        }
    }
}
