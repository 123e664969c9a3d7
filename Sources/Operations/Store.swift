internal import CredentialVault
internal import Secrets

/// Where new tokens are that could not be put into the vault: sealed, as a recovery record.
package enum RecoveryKeeping: Equatable, Sendable {
    /// In the spool. The next command that changes the vault stores them.
    case spool
    /// In a file of their own, where the next command that changes the vault finds them.
    case file(path: String)
    /// In such a file where nothing lasts, and printed.
    case passingFile(path: String)
    /// Printed, and nowhere else: `advault recover` takes the line.
    case printed
    /// Nowhere. A new connection has no row yet that a record could be sealed for.
    case nowhere

    fileprivate var path: String? {
        switch self {
        case .file(let path), .passingFile(let path): path
        case .spool, .printed, .nowhere: nil
        }
    }
}

/// Makes durable what a provider has just answered: new tokens, or its word on those that there are. The one place
/// through which every answer goes (SAFETY "Never lose a token", 5 and 6).
struct Store {
    let context: Context
    let event: Event
    let now: Int64

    /// Commits a record that is in the spool or a file already, with its event: the same bytes.
    typealias Commit = (RecoveryRecord, Event, _ now: Int64, inout OpenVault) throws(VaultError) -> Void

    /// What may pass (another process wrote, SQLite was busy) is tried so often.
    private static let tries = 3

    /// A row that there is: seal, spool, commit the same bytes, read back, clear the place.
    /// - Parameters:
    ///   - isPatient: whether a record that is in the spool is tried again where another program was writing.
    ///   - commit: called once the record is where nothing is lost any more; again for every try.
    ///   - change: puts what came onto the newest version of the row; called for every sealing.
    /// - Throws: `.notStored`, with the vault's reason and where they are meanwhile.
    func renew(
        _ secrets: borrowing ConnectionSecrets, in vault: inout OpenVault, through place: inout SpoolPlace,
        isPatient: Bool = true, by commit: Commit = Self.alone,
        _ change: (borrowing OpenVault) -> ConnectionRow
    ) throws(OperationError) {
        var (keeping, last) = (RecoveryKeeping.nowhere, RecoveryRecord?.none)
        for left in (0..<Self.tries).reversed() {
            do throws(VaultError) {
                let record = try vault.seal(change(vault), secrets, now: now)
                (keeping, last) = (keep(record, &place, instead: keeping), record)
                // Tokens that are nowhere yet wait for nothing else.
                if keeping == .nowhere, event.bringsTokens {
                    try Self.alone(record, event, now: now, in: &vault)
                } else {
                    try commit(record, event, now, &vault)
                }
                place.clear()
                if let path = keeping.path { RecoveryFile.remove(path) }
                return
            } catch {
                if left > 0, mayPass(error, isPatient || keeping != .spool, &vault) { continue }
                if let gone = last, vault.connection(gone.row.id) == nil {
                    // The connection was deleted meanwhile, and its tokens with it.
                    place.clear()
                    throw .notStored(error, .nowhere)
                }
                // A word on tokens that are in the vault is no token, and nothing to print.
                if event.bringsTokens, let last { keeping = printed(last, keeping) }
                throw .notStored(error, keeping)
            }
        }
    }

    /// In a commit of its own.
    static func alone(
        _ record: RecoveryRecord, _ event: Event, now: Int64, in vault: inout OpenVault
    ) throws(VaultError) {
        try vault.commit(.placeConnection(record), event, now: now)
    }

    /// A row that there is not yet.
    func add(
        _ secrets: borrowing ConnectionSecrets, in vault: inout OpenVault,
        _ change: (borrowing OpenVault) -> StoredRow
    ) throws(OperationError) {
        for left in (0..<Self.tries).reversed() {
            do throws(VaultError) {
                let copy: ConnectionSecrets
                do { copy = try secrets.copy() } catch { throw .secrets(error) }
                switch change(vault) {
                case .new(let row): return try vault.commit(.addConnection(row, copy), event, now: now)
                case .renewed(let row):
                    return try vault.commit(.replaceConnection(row, copy), event, now: now)
                }
            } catch {
                guard left > 0, mayPass(error, true, &vault) else { throw .notStored(error, .nowhere) }
            }
        }
    }

    private func mayPass(_ error: VaultError, _ isPatient: Bool, _ vault: inout OpenVault) -> Bool {
        switch error {
        case .busy: return isPatient
        // Where this fails the next try says why.
        case .changedMeanwhile:
            try? vault.refresh()
            return true
        default: return false
        }
    }

    /// The spool, else another folder.
    private func keep(
        _ record: RecoveryRecord, _ place: inout SpoolPlace, instead former: RecoveryKeeping
    ) -> RecoveryKeeping {
        do throws(VaultError) {
            try place.write(record)
            if let path = former.path { RecoveryFile.remove(path) }
            return .spool
        } catch {
            for folder in context.recoveryFolders {
                guard let path = try? RecoveryFile.write(record, in: folder.path) else { continue }
                // Of the newer version: the former one would be taken for stale.
                if let former = former.path { RecoveryFile.remove(former) }
                return folder.isLasting ? .file(path: path) : .passingFile(path: path)
            }
            // What a write left that failed is not known to be a record.
            return former.path == nil ? .nowhere : former
        }
    }

    /// Prints what is nowhere that lasts.
    private func printed(_ record: RecoveryRecord, _ keeping: RecoveryKeeping) -> RecoveryKeeping {
        switch keeping {
        case .spool, .file, .printed: return keeping
        case .passingFile, .nowhere:
            context.notice(.recoveryRecord(record.text, path: keeping.path))
            return keeping == .nowhere ? .printed : keeping
        }
    }
}

extension Event {
    /// Of an answer: it gave new tokens, and is no word on those that there are.
    var bringsTokens: Bool { outcome == .ok }
}

extension OpenVault {
    /// A change of a connection's clear columns alone; its secrets stay.
    mutating func note(
        _ row: ConnectionRow, _ event: Event, now: Int64
    ) throws(OperationError) -> ConnectionRow {
        do throws(VaultError) { try commit(.replaceConnection(row, nil), event, now: now) } catch {
            throw .vault(error)
        }
        guard let written = connection(row.id) else { throw .noConnection(row.name) }
        return written
    }
}

/// The row that a consent's tokens go into.
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
