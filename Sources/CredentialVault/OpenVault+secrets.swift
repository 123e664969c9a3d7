internal import Secrets

extension OpenVault {
    /// Opens what is sealed in an app's row. `changedMeanwhile` when the row is not the verified one any more.
    package borrowing func secrets(of app: AppRow) throws(VaultError) -> AppSecrets {
        try secrets(in: verified(app, in: snapshot.apps))
    }

    /// The same of a row that was not looked up by a caller: whoever opens all of them searches for none.
    borrowing func secrets(in kept: Kept<AppRow>) throws(VaultError) -> AppSecrets {
        let framed = try open(kept)
        switch try SecretFraming.decodeApp(framed) {
        case .some(let secrets): return secrets
        case .none: throw .tampered(.row(.app, name: kept.row.name))
        }
    }

    /// Opens what is sealed in a connection's row. `changedMeanwhile` when the row is not the verified one any
    /// more.
    package borrowing func secrets(
        of connection: ConnectionRow
    ) throws(VaultError) -> ConnectionSecrets {
        try secrets(in: verified(connection, in: snapshot.connections))
    }

    borrowing func secrets(in kept: Kept<ConnectionRow>) throws(VaultError) -> ConnectionSecrets {
        let framed = try open(kept)
        switch try SecretFraming.decodeConnection(framed) {
        case .some(let secrets): return secrets
        case .none: throw .tampered(.row(.connection, name: kept.row.name))
        }
    }

    private borrowing func verified<Row: SealedRow & Equatable>(
        _ row: Row, in rows: KeptRows<Row>
    ) throws(VaultError) -> Kept<Row> {
        guard let place = rows.place(of: row.id), rows[place].row == row else { throw .changedMeanwhile }
        return rows[place]
    }

    /// head ‖ body = C256(K_seal, ctx(table, vault_id, g, every column before head), secrets).
    private borrowing func open<Row: SealedRow>(_ kept: Kept<Row>) throws(VaultError) -> SecretBytes {
        try open(kept, by: Database.RowQuery(Row.table, in: database))
    }

    /// - Parameter query: for rows of the table.
    borrowing func open<Row: SealedRow>(
        _ kept: Kept<Row>, by query: Database.RowQuery
    ) throws(VaultError) -> SecretBytes {
        // The whole row must still be the verified one: its clear columns, head and body size.
        let before = kept.row.values + [.blob(kept.head)]
        guard case .blob(let body) = try query.value(after: before, of: .blob(kept.row.id.bytes)),
            Int64(body.count) == kept.bodyCount
        else { throw try rowMoved(kept.row) }
        do {
            return try Cobblestone.open(
                head: kept.head, body: body, key: root.seal,
                context: kept.row.sealingContext(snapshot.header.id, snapshot.header.generation))
        } catch .commitmentMismatch, .authenticationFailed, .malformed {
            throw .tampered(.row(Row.table, name: kept.row.name))
        } catch { throw .secrets(error) }
    }

    /// A row that is not the verified one: changed by an honest writer, who raises the epoch, or behind it.
    private borrowing func rowMoved<Row: SealedRow>(_ row: Row) throws(VaultError) -> VaultError {
        let (header, _, _, _) = try Snapshot.readHeader(database)
        return header == snapshot.header ? .tampered(.row(Row.table, name: row.name)) : .changedMeanwhile
    }

    /// Seals a row as it now stands. The mirror of `open`.
    borrowing func seal<Row: SealedRow>(
        _ row: Row, _ framed: borrowing SecretBytes
    ) throws(VaultError) -> (kept: Kept<Row>, body: [UInt8]) {
        try root.seal(row, framed, in: snapshot.header)
    }

    /// Opens every row and walks the journal. What a change of a secret's own bytes or of an old event needs to
    /// be seen (FORMAT.md P3).
    ///
    /// In one read transaction, and what another process has written since is adopted first: a journal that grew
    /// meanwhile is not a tampered one.
    package mutating func verify() throws(VaultError) {
        try watch?.reload()
        try database.begin(.read)
        do {
            try refreshInRead()
            for kept in snapshot.apps { _ = try secrets(in: kept) }
            for kept in snapshot.connections { _ = try secrets(in: kept) }
            try walkJournal()
            try database.commit()
        } catch {
            database.rollback()
            throw error
        }
    }

    private borrowing func walkJournal() throws(VaultError) {
        let walk = try Journal.walk(database, from: snapshot.journal, vault: snapshot.header.id)
        guard walk.brokenAt == nil, walk.ends == snapshot.journal else { throw .tampered(.chain) }
    }
}
