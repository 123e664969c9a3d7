private import Secrets

extension OpenVault {
    /// Seals a connection's row with its new secrets as `commit` will put it into the file: first made durable
    /// elsewhere, then committed by `Change.placeConnection`, the very same bytes.
    ///
    /// Touches no file. Throws `changedMeanwhile` when the row is not at the version that was handed in, and the
    /// faults of its columns and secrets.
    package borrowing func seal(
        _ row: ConnectionRow, _ secrets: borrowing ConnectionSecrets, now: Int64
    ) throws(VaultError) -> RecoveryRecord {
        let old = try current(row, in: snapshot.connections)
        let stamped = row.stamped(version: old.version + 1, created: old.createdAt, updated: now)
        try check(stamped, against: snapshot.connections)
        let (kept, body) = try seal(stamped, SecretFraming.encode(secrets))
        return RecoveryRecord(
            vault: snapshot.header.id, generation: snapshot.header.generation, row: stamped, head: kept.head,
            body: body)
    }

    /// A row that was sealed before, exactly as it stands, in the place of its former version.
    borrowing func place(
        _ record: RecoveryRecord, in next: inout Snapshot
    ) throws(VaultError) -> Edit {
        guard record.vault == next.header.id, record.generation == next.header.generation,
            let place = next.connections.place(of: record.row.id),
            next.connections[place].row.version == record.row.version - 1,
            next.apps.place(of: record.row.appID) != nil
        else { throw .changedMeanwhile }
        try check(record.row, against: next.connections)
        let size = Int64(record.body.count)
        next.connections[place] = Kept(
            row: record.row, head: record.head, bodyCount: size,
            digest: try Digest.row(record.row, head: record.head, bodyCount: size, in: next.header))
        return .update(.connection, record.values)
    }

    // MARK: Applying

    /// What a recovery record is to this vault.
    package enum Recovery: Equatable, Sendable {
        /// Its tokens stand in the vault now.
        case applied(connection: String)
        /// They stood there already: the commit had succeeded.
        case stored(connection: String)
        /// The connection has newer tokens. Nothing was changed.
        case stale(connection: String)
        /// It cannot be applied, now or ever. Nothing was changed.
        case refused(VaultError.RecoveryFault)

        /// Nobody needs the record any more.
        package var isSettled: Bool {
            switch self {
            case .applied, .stored, .stale: true
            case .refused: false
            }
        }
    }

    /// Puts a record's tokens into the vault, in one commit with the event `recover`.
    ///
    /// A record of the next version goes in as it stands. One of another version was overtaken by changes that
    /// brought no tokens (a mark, a verdict): its tokens, scopes and clocks are put onto the row as it stands now, if
    /// they are newer than the row's (`isBehind`); one of the same tokens says what became of them where a single write
    /// came between. After a restore what was sealed before it is `interrupted`, as the restored row is.
    /// Whoever calls holds the connection's lock and has reloaded the vault under it.
    package mutating func apply(_ record: RecoveryRecord, now: Int64) throws(VaultError) -> Recovery {
        guard record.vault == snapshot.header.id else {
            return .refused(.anotherVault(found: record.vault))
        }
        guard record.generation == snapshot.header.generation else {
            return .refused(.anotherGeneration(found: record.generation))
        }
        guard let place = snapshot.connections.place(of: record.row.id) else { return .refused(.noRow) }
        let kept = snapshot.connections[place]
        let name = kept.row.name
        if kept.row == record.row && kept.head == record.head { return .stored(connection: name) }
        let event = Event(.recover, .ok, connection: kept.row.id)
        switch try open(record) {
        case .none: return .refused(.doesNotOpen(connection: name))
        case .some(let secrets):
            let mayBeSpent = try isFromBeforeARestore(record, kept.row)
            if record.row.version - 1 == kept.row.version && !mayBeSpent {
                try commit(.placeConnection(record), event, now: now)
            } else if try holds(secrets, kept.row) {
                // Tokens that stand here already, come again, must not end the doubt about them. But where one write alone
                // came between, the doubt is about the very request of which the record says what came.
                guard kept.row.isTakenForInterrupted, kept.row.version == record.row.version, !mayBeSpent
                else {
                    return .stored(connection: name)
                }
                try commit(.replaceConnection(kept.row.taking(record.row), nil), event, now: now)
            } else if kept.row.isBehind(record.row) {
                var row = kept.row.taking(record.row)
                if mayBeSpent { (row.state, row.lastError, row.pending) = (.interrupted, .interrupted, nil) }
                try commit(.replaceConnection(row, secrets), event, now: now)
            } else {
                return .stale(connection: name)
            }
        }
        return .applied(connection: name)
    }

    /// Whether the vault may have been put back from a copy after the record was sealed, and its refresh token been spent
    /// in between.
    private borrowing func isFromBeforeARestore(
        _ record: RecoveryRecord, _ row: ConnectionRow
    ) throws(VaultError) -> Bool {
        let restores = try database.prepare(
            "SELECT seq, at FROM event WHERE operation = ?1 ORDER BY seq DESC LIMIT 1")
        try restores.bind([.text(Operation.restore.rawValue)])
        guard try restores.step(), case .integer(let seq) = restores.value(at: 0),
            case .integer(let at) = restores.value(at: 1)
        else { return false }
        // A restore leaves no mark where refresh tokens are spent: this one is younger, or its token is never spent.
        if let begun = row.pending { return record.row.updatedAt < begun }
        if record.row.updatedAt <= at { return true }
        guard row.isInDoubt else { return false }
        // Times are the machine's: the doubt has to be one that arose after it.
        let refreshes = try database.prepare(
            "SELECT 1 FROM event WHERE seq > ?1 AND operation = ?2 AND connection_id = ?3 LIMIT 1")
        try refreshes.bind([
            .integer(seq), .text(Operation.refresh.rawValue), .blob(row.id.bytes),
        ])
        return try !refreshes.step()
    }

    /// Whether the row's access token is this one. An account that was added later makes no other tokens.
    private borrowing func holds(
        _ secrets: borrowing ConnectionSecrets, _ row: ConnectionRow
    ) throws(VaultError) -> Bool {
        let mine = try self.secrets(of: row)
        switch mine.accessToken {
        case .some(let held):
            switch secrets.accessToken {
            case .some(let other): return held.equals(other)
            case .none: return false
            }
        case .none: return false
        }
    }

    /// nil: it was not sealed with this vault's key, or is not what was sealed.
    private borrowing func open(_ record: RecoveryRecord) throws(VaultError) -> ConnectionSecrets? {
        let framed: SecretBytes
        do throws(SecretsError) {
            framed = try Cobblestone.open(
                head: record.head, body: record.body, key: root.seal,
                context: record.row.sealingContext(record.vault, record.generation))
        } catch .commitmentMismatch, .authenticationFailed, .malformed {
            return nil
        } catch { throw .secrets(error) }
        return try SecretFraming.decodeConnection(framed)
    }
}

extension ConnectionRow {
    /// Whether the other row's tokens came later than this one's. A refresh is marked before it is sent, and the mark
    /// or the doubt stays until its tokens are here: a row without either has them, or newer ones, whatever the times
    /// say (a clock was put back). A consent is not marked; a later one is told by its own time.
    fileprivate func isBehind(_ other: ConnectionRow) -> Bool {
        guard isInDoubt || (other.consentedAt ?? 0) > (consentedAt ?? 0) else { return false }
        return other.tokensSince > tokensSince || (other.tokensSince == tokensSince && isInDoubt)
    }

    /// Nobody knows whether its refresh token was spent, or it is known to be over.
    fileprivate var isInDoubt: Bool { pending != nil || state == .interrupted || state == .reconnect }

    /// Its request got no answer that was stored.
    fileprivate var isTakenForInterrupted: Bool { state == .interrupted && pending == nil }

    /// When the tokens that the row holds came; 0: never.
    fileprivate var tokensSince: Int64 { max(consentedAt ?? 0, refreshedAt ?? 0) }

    /// The row with what came with newer tokens; its name, app and tags stay.
    fileprivate func taking(_ newer: ConnectionRow) -> ConnectionRow {
        var row = self
        row.scopes = newer.scopes
        (row.accessExpiresAt, row.refreshExpiresAt) = (newer.accessExpiresAt, newer.refreshExpiresAt)
        (row.consentedAt, row.refreshedAt) = (newer.consentedAt, newer.refreshedAt)
        (row.state, row.lastError, row.pending) = (newer.state, newer.lastError, newer.pending)
        return row
    }
}
