import CredentialVault
import Foundation
import Secrets

extension Scene {
    /// Connections of the app `acme`, called c100, c101, …, as `connect` would have left them: their grants come
    /// from the sandbox without a browser.
    func mint(_ count: Int) throws {
        let grants = try sandbox.mint(count, for: playground.environment["CLIENT_ID"] ?? "")
        let now = Int64(Date().timeIntervalSince1970)
        try unlocked { (vault) throws(VaultError) in
            guard let app = vault.app(named: "acme") else { throw .changedMeanwhile }
            for (number, grant) in grants.enumerated() {
                var row = ConnectionRow(
                    id: try RowID.random(), name: "c\(100 + number)", appID: app.id,
                    scopes: "r_ads r_ads_reporting")
                row.consentedAt = now - 86_400
                row.accessExpiresAt = now + 86_400
                row.refreshExpiresAt = now + 86_400 * 300
                let secrets = ConnectionSecrets(
                    accessToken: try secret(grant.access_token), refreshToken: try secret(grant.refresh_token)
                )
                try vault.commit(
                    .addConnection(row, secrets), Event(.connect, .ok, connection: row.id), now: now)
            }
        }
    }

    /// Opens the vault as another process would.
    func unlocked<Answer>(_ body: (inout OpenVault) throws(VaultError) -> Answer) throws -> Answer {
        let key = try MachineKey.identity(parsing: SecretBytes(copying: Array(machineKey.utf8).span.bytes))
        return try Vault.withUnlocked(at: vaultFolder + "/vault.db", with: .machine(key)) {
            (vault) throws(VaultError) in try body(&vault)
        }
    }

    private func secret(_ text: String) throws(VaultError) -> SecretBytes {
        do { return try SecretBytes(copying: Array(text.utf8).span.bytes) } catch { throw .secrets(error) }
    }

    /// The refresh tokens that the vault holds, by connection.
    func refreshTokens() throws -> [String: String] {
        try unlocked { (vault) throws(VaultError) in
            var tokens: [String: String] = [:]
            for row in vault.connections {
                switch try vault.secrets(of: row).refreshToken {
                case .some(let token):
                    tokens[row.name] = token.withBytes { span in
                        span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                    }
                case .none: break
                }
            }
            return tokens
        }
    }

    /// The row of a connection in `advault list --json`.
    func rows() throws -> [String: [String: Any]] {
        let answer = try must("advault list --json").stdout
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        let rows = object?["connections"] as? [[String: Any]] ?? []
        return Dictionary(rows.map { ($0["name"] as? String ?? "", $0) }) { $1 }
    }
}
