internal import Secrets

extension OpenVault {
    /// Readies a copy for the place of another file, in one transaction with the event `restore`: its epoch goes past
    /// every one that was seen, and the connections named become `interrupted`, because their refresh tokens may have
    /// been spent since the copy was made.
    ///
    /// To be called on a copy that nobody else sees yet. When this throws, the copy is as before.
    package mutating func markRestored(
        interrupting ids: Set<RowID>, past epoch: Int64, now: Int64
    ) throws(VaultError) {
        try database.begin(.write)
        do {
            let next = try writeRestored(ids, epoch, now)
            try database.commit()
            snapshot = next
        } catch {
            database.rollback()
            throw error
        }
        let found = try Snapshot.read(database)
        guard found.header == snapshot.header, found.manifest == snapshot.manifest else {
            throw .damaged(.readBack)
        }
    }

    private borrowing func writeRestored(
        _ ids: Set<RowID>, _ epoch: Int64, _ now: Int64
    ) throws(VaultError) -> Snapshot {
        var next = snapshot
        let newest = max(next.header.epoch, epoch)
        guard newest < Int64.max, next.journal.nextSeq < Int64.max else { throw .limit(.integer) }
        next.header.epoch = newest + 1
        for place in next.connections.indices where ids.contains(next.connections[place].row.id) {
            next.connections[place] = try interrupt(next.connections[place], now)
        }
        let event = try Journal.event(
            Event(.restore, .ok), slot: slot.id, at: now, after: next.journal, vault: next.header.id)
        Journal.advance(&next.journal, past: event)
        try database.insert(.event, event.values)
        try prune(&next.journal)
        let content = try next.content()
        next.manifest = try root.manifest(of: next, content: content)
        try database.updateHeader(next.headerValues(content: content, manifest: next.manifest))
        return next
    }

    private borrowing func interrupt(
        _ kept: Kept<ConnectionRow>, _ now: Int64
    ) throws(VaultError) -> Kept<ConnectionRow> {
        guard kept.row.version < Int64.max else { throw .limit(.integer) }
        var row = kept.row.stamped(
            version: kept.row.version + 1, created: kept.row.createdAt, updated: now)
        (row.state, row.lastError, row.pending) = (.interrupted, .interrupted, nil)
        let framed = try SecretFraming.encode(secrets(in: kept))
        let (sealed, body) = try seal(row, framed)
        try database.update(.connection, row.values + [.blob(sealed.head), .blob(body)])
        return sealed
    }

    /// Puts all of the vault into its one file, so that it can be moved: nothing is left beside it when this value
    /// ends.
    package borrowing func gather() throws(VaultError) {
        try database.emptyWAL()
        try database.removeWALOnClose()
    }
}
