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

    /// What a walk over all kept events found.
    struct Walk {
        /// Where the events that hold end.
        var ends: JournalEnds
        /// The seq of the first event that does not follow from the one before it; nil: all do.
        var brokenAt: Int64?
    }

    /// Recomputes the chain of every kept event, in order, and hands out those that hold. Needs no key, and one row of
    /// memory.
    ///
    /// Throws `damaged` for a row that is none, `damaged(.limits)` for more events than are kept.
    static func walk(
        _ database: Database, from beginning: JournalEnds, vault: VaultID,
        _ each: (EventRow) throws(VaultError) -> Void = { (_) throws(VaultError) in }
    ) throws(VaultError) -> Walk {
        var walk = Walk(ends: beginning)
        (walk.ends.nextSeq, walk.ends.newestChain) = (beginning.firstSeq, beginning.firstChain)
        walk.ends.newest = nil
        let columns = Schema.columns(of: .event).map(\.name).joined(separator: ", ")
        let statement = try database.prepare("SELECT \(columns) FROM event ORDER BY seq")
        while try statement.step() {
            var reader = try RowReader(.event, from: statement)
            let event = try EventRow(reading: &reader)
            guard event.seq == walk.ends.nextSeq,
                try chain(after: walk.ends.newestChain, event, vault: vault) == event.chain
            else {
                walk.brokenAt = walk.ends.nextSeq
                return walk
            }
            guard event.seq - beginning.firstSeq < Limits.events, event.seq < Int64.max else {
                throw .damaged(.limits)
            }
            advance(&walk.ends, past: event)
            try each(event)
        }
        return walk
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
        ends.newest = event
    }
}
