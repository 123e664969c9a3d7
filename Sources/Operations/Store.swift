internal import CredentialVault
internal import Secrets

extension OpenVault {
    /// Makes tokens durable that a provider has just handed out: seal, commit, read back.
    ///
    /// The one place through which every answer's tokens go. The spool's sealed record is to be written here, before
    /// the first commit, and its place cleared after the last line. Until then a commit that fails is the end of
    /// these tokens; what may pass (another process wrote, SQLite was busy) is tried three times.
    /// - Parameter change: puts the row in hand onto the newest version of it; called for every try.
    /// - Throws: `.notStored`, with the vault's reason.
    mutating func store(
        _ secrets: borrowing ConnectionSecrets, _ event: Event, now: Int64,
        _ change: (borrowing OpenVault) -> StoredRow
    ) throws(OperationError) {
        var left = 3
        while true {
            left -= 1
            do {
                return try commitCopy(secrets, event, now, change(self))
            } catch .busy where left > 0 {
                continue
            } catch .changedMeanwhile where left > 0 {
                do { try refresh() } catch { throw .notStored(error) }
            } catch {
                throw .notStored(error)
            }
        }
    }

    private mutating func commitCopy(
        _ secrets: borrowing ConnectionSecrets, _ event: Event, _ now: Int64, _ row: StoredRow
    ) throws(VaultError) {
        let copy: ConnectionSecrets
        do { copy = try secrets.copy() } catch { throw .secrets(error) }
        switch row {
        case .new(let row): try commit(.addConnection(row, copy), event, now: now)
        case .renewed(let row): try commit(.replaceConnection(row, copy), event, now: now)
        }
    }

    /// A change of a connection's clear columns alone; its secrets stay.
    mutating func note(_ row: ConnectionRow, _ event: Event, now: Int64) throws(OperationError)
        -> ConnectionRow
    {
        try ofVault(commit(.replaceConnection(row, nil), event, now: now))
        guard let written = connection(row.id) else { throw .noConnection(row.name) }
        return written
    }
}

/// The row that tokens go into.
enum StoredRow {
    case new(ConnectionRow)
    case renewed(ConnectionRow)
}

extension ConnectionSecrets {
    borrowing func copy() throws(SecretsError) -> ConnectionSecrets {
        ConnectionSecrets(
            accessToken: try Self.copy(accessToken), refreshToken: try Self.copy(refreshToken),
            account: try Self.copy(account))
    }

    static func copy(_ secret: borrowing SecretBytes?) throws(SecretsError) -> SecretBytes? {
        switch secret {
        case .some(let secret): try secret.copy()
        case .none: nil
        }
    }
}
