/// The chain of events (FORMAT.md, What holds the rows together): unkeyed, its newest value is under the manifest.
enum Journal {
    /// chain = H(previous chain ‖ ctx("event", vault_id, seq, at, slot_id, operation, connection_id, outcome)).
    static func chain(
        after previous: [UInt8], _ event: EventRow, vault: VaultID
    ) throws(VaultError) -> [UInt8] {
        let context = BoundContext(
            .event, .blob(vault.bytes), .integer(event.seq), .integer(event.at),
            .optional(event.slotID?.bytes), .text(event.operation.rawValue),
            .optional(event.connectionID?.bytes), .text(event.outcome.rawValue))
        return try Digest.hash(previous + context.bytes)
    }

    /// One kept event; nil where none has the number.
    static func read(_ seq: Int64, in database: Database) throws(VaultError) -> EventRow? {
        let columns = Schema.columns(of: .event).map(\.name).joined(separator: ", ")
        let statement = try database.prepare("SELECT \(columns) FROM event WHERE seq = ?1")
        try statement.bind([.integer(seq)])
        guard try statement.step() else { return nil }
        var row = try RowReader(.event, from: statement)
        return try EventRow(reading: &row)
    }

    /// The next event's row.
    static func event(
        _ event: Event, slot: RowID?, at now: Int64, after ends: JournalEnds, vault: VaultID
    ) throws(VaultError) -> EventRow {
        var row = EventRow(
            seq: ends.nextSeq, at: now, slotID: slot, operation: event.operation,
            connectionID: event.connection, outcome: event.outcome, chain: [])
        row.chain = try chain(after: ends.newestChain, row, vault: vault)
        return row
    }

    static func advance(_ ends: inout JournalEnds, past event: EventRow) {
        ends.nextSeq = event.seq + 1
        ends.newestChain = event.chain
    }
}
