// Reading a vault and checking all that can be checked without a key.

extension Snapshot {
    /// Reads everything in one read transaction. Errors are damage, `newerFormat` or the system's; nothing here
    /// costs more than reading the rows.
    static func read(_ database: Database) throws(VaultError) -> Snapshot {
        try database.transaction(.read) { () throws(VaultError) -> Snapshot in
            try readInTransaction(database)
        }
    }

    static func readInTransaction(_ database: Database) throws(VaultError) -> Snapshot {
        try checkFormat(database)
        try checkSchema(database)
        let (header, journal, content, manifest) = try readHeader(database)
        var snapshot = Snapshot(
            header: header, manifest: manifest, journal: journal, lineage: [], lineageDigests: [],
            slots: [], slotDigests: [], apps: .init(), connections: .init())
        try snapshot.readRows(database)
        try snapshot.checkLimits()
        try snapshot.checkReferences()
        guard try snapshot.content() == content else { throw .damaged(.content) }
        return snapshot
    }

    /// Asked before the tables, so that a newer format with others is told apart from damage. Every format is WAL and
    /// UTF-8.
    static func checkFormat(_ database: Database) throws(VaultError) {
        let mode = try database.prepare("PRAGMA journal_mode")
        guard try mode.step(), mode.value(at: 0) == .text("wal") else { throw .damaged(.notAVault) }
        mode.reset()
        let encoding = try database.prepare("PRAGMA encoding")
        guard try encoding.step(), encoding.value(at: 0) == .text("UTF-8") else { throw .damaged(.notAVault) }
        encoding.reset()
        try checkFormatColumn(database)
        let statement = try database.prepare("SELECT format FROM vault LIMIT 2")
        guard try statement.step(), case .integer(let format) = statement.value(at: 0) else {
            throw .damaged(.notAVault)
        }
        guard format <= Schema.format else { throw .newerFormat(format) }
        guard format == Schema.format else { throw .damaged(.row(.vault, .init(name: "format"))) }
        guard try !statement.step() else { throw .damaged(.schema) }
    }

    /// Whether `format` is a plain column of a plain table: a view, a virtual table or a computed column could run for
    /// ever when it is asked. `format` stands first in every format to come.
    private static func checkFormatColumn(_ database: Database) throws(VaultError) {
        let statement = try database.prepare(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'vault'")
        guard try statement.step() else { throw .damaged(.notAVault) }
        guard case .text(let sql) = statement.value(at: 0),
            sql.utf8.starts(with: "CREATE TABLE vault (\n    format INTEGER NOT NULL,\n".utf8)
        else { throw .damaged(.schema) }
    }

    /// sqlite_schema holds exactly the six tables and no more.
    static func checkSchema(_ database: Database) throws(VaultError) {
        let statement = try database.prepare(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid LIMIT 7")
        var found: [String: String] = [:]
        var rows = 0
        while try statement.step() {
            rows += 1
            guard statement.value(at: 0) == .text("table"), case .text(let name) = statement.value(at: 1),
                statement.value(at: 2) == .text(name), case .text(let sql) = statement.value(at: 3)
            else { throw .damaged(.schema) }
            found[name] = sql
        }
        guard rows == VaultError.Table.allCases.count else { throw .damaged(.schema) }
        for table in VaultError.Table.allCases {
            guard let sql = found[table.rawValue], sql.hasSameBytes(as: Schema.sql(of: table)) else {
                throw .damaged(.schema)
            }
        }
    }

    private static func select(_ table: VaultError.Table) -> String {
        var names = Schema.columns(of: table).map(\.name)
        // The body is not read; a size of −1 stands for what is no blob.
        if Schema.isSealed(table) {
            names += ["head", "CASE WHEN typeof(body) = 'blob' THEN length(body) ELSE -1 END"]
        }
        return "SELECT " + names.joined(separator: ", ") + " FROM " + table.rawValue
    }

    /// Whether nobody has written since, as the header and the newest event show. One that is damaged is another one:
    /// whoever reads it anew says so.
    func isCurrent(in database: Database) throws(VaultError) -> Bool {
        let row = try database.recurring(.header, Self.select(.vault))
        // The columns before `first_seq`, and the last.
        let columns: [Value] = [
            .integer(Schema.format), .blob(header.id.bytes), .integer(header.generation),
            .integer(header.epoch), .integer(header.createdAt),
        ]
        guard try row.step() else { return false }
        guard row.holds(columns),
            row.holds(.blob(manifest), at: Schema.columns(of: .vault).count - 1)
        else { return false }
        let event = try Self.newestEvents(in: database)
        guard let newest = journal.newest else { return try !event.step() }
        return try event.step() && event.holds(newest.values)
    }

    private static func newestEvents(in database: Database) throws(VaultError) -> Statement {
        try database.recurring(.newestEvents, select(.event) + " ORDER BY seq DESC LIMIT 2")
    }

    /// The header row's four parts; `checkFormat` has seen that there is exactly one.
    static func readHeader(
        _ database: Database
    ) throws(VaultError) -> (VaultHeader, JournalEnds, content: [UInt8], manifest: [UInt8]) {
        let (header, beginning, content, manifest) = try readHeaderRow(database)
        return (header, try readEnds(database, beginning, header.id), content, manifest)
    }

    /// The same with the journal's beginning alone.
    static func readHeaderRow(
        _ database: Database
    ) throws(VaultError) -> (VaultHeader, JournalEnds, content: [UInt8], manifest: [UInt8]) {
        let statement = try database.recurring(.header, select(.vault))
        guard try statement.step() else { throw .damaged(.notAVault) }
        var row = try RowReader(.vault, from: statement)
        _ = row.integer()
        guard let id = VaultID(bytes: row.blob()) else { throw row.damage() }
        let header = VaultHeader(
            id: id, generation: row.integer(), epoch: row.integer(), createdAt: row.integer())
        guard header.generation <= Limits.generations else { throw .damaged(.limits) }
        let journal = JournalEnds(firstSeq: row.integer(), firstChain: row.blob())
        guard journal.firstSeq > 1 || journal.firstChain == JournalEnds().firstChain else {
            throw row.damage()
        }
        let (content, manifest) = (row.blob(), row.blob())
        return (header, journal, content, manifest)
    }

    /// The newest event, held to the one before it: its chain is under the manifest, and through the chain so is all
    /// that it says. Older ones are `verify`'s.
    private static func readEnds(
        _ database: Database, _ beginning: JournalEnds, _ vault: VaultID
    ) throws(VaultError) -> JournalEnds {
        var journal = beginning
        let newest = try newestEvents(in: database)
        guard try newest.step() else {
            (journal.nextSeq, journal.newestChain) = (journal.firstSeq, journal.firstChain)
            return journal
        }
        var event = try RowReader(.event, from: newest)
        let last = try EventRow(reading: &event)
        // Its number is held to what the limit lets through before anything is computed with it.
        guard last.seq >= journal.firstSeq, last.seq < Int64.max,
            last.seq - journal.firstSeq < Limits.events
        else { throw .damaged(.limits) }
        var before = (seq: journal.firstSeq - 1, chain: journal.firstChain)
        if try newest.step() {
            var event = try RowReader(.event, from: newest)
            let former = try EventRow(reading: &event)
            before = (former.seq, former.chain)
        }
        guard before.seq == last.seq - 1,
            try Journal.chain(after: before.chain, last, vault: vault) == last.chain
        else { throw .damaged(.row(.event, .init(name: "chain"))) }
        Journal.advance(&journal, past: last)
        return journal
    }

    private mutating func readRows(_ database: Database) throws(VaultError) {
        let lineage = try database.prepare(Self.select(.lineage))
        while try lineage.step() {
            var row = try RowReader(.lineage, from: lineage)
            // Inside the loop: the rows of a file are many more than the generations that a vault may have.
            guard self.lineage.count < header.generation else { throw .damaged(.limits) }
            self.lineage.append(try LineageRow(reading: &row))
            // Rows are exactly 1…g.
            guard self.lineage.last?.generation == Int64(self.lineage.count) else { throw row.damage() }
        }
        guard Int64(self.lineage.count) == header.generation else { throw .damaged(.limits) }
        let slots = try database.prepare(Self.select(.slot))
        while try slots.step() {
            var row = try RowReader(.slot, from: slots)
            let slot = try SlotRow(reading: &row)
            if let former = self.slots.last, former.id >= slot.id { throw row.damage() }
            self.slots.append(slot)
            guard self.slots.count <= Limits.slots else { throw .damaged(.limits) }
        }
        try digestSmallTables()
        apps = try readSealed(database, limit: Limits.apps)
        connections = try readSealed(database, limit: Limits.connections)
    }

    private func readSealed<Row: SealedRow>(
        _ database: Database, limit: Int
    ) throws(VaultError) -> KeptRows<Row> {
        let statement = try database.prepare(Self.select(Row.table))
        let columns = Schema.columns(of: Row.table).count
        var rows: [Kept<Row>] = []
        while try statement.step() {
            var reader = try RowReader(Row.table, from: statement)
            let row = try Row(reading: &reader)
            if let former = rows.last, former.row.id >= row.id { throw reader.damage() }
            guard case .blob(let head) = statement.value(at: columns), head.count == 56 else {
                throw .damaged(.row(Row.table, .init(name: "head")))
            }
            guard case .integer(let size) = statement.value(at: columns + 1), Row.admitsBody(size) else {
                throw .damaged(.row(Row.table, .init(name: "body")))
            }
            let digest = try Digest.row(row, head: head, bodyCount: size, in: header)
            rows.append(Kept(row: row, head: head, bodyCount: size, digest: digest))
            guard rows.count <= limit else { throw .damaged(.limits) }
        }
        return KeptRows(rows)
    }

    private func checkLimits() throws(VaultError) {
        guard !slots.isEmpty else { throw .damaged(.limits) }
        let passphrases = slots.compactMap(\.kdf)
        guard passphrases.count <= Limits.passphraseSlots else { throw .damaged(.limits) }
        // Before any allocation: an altered cost never reaches scrypt.
        for kdf in passphrases {
            guard Limits.logN.contains(kdf.logN), kdf.r == Limits.r, kdf.p == Limits.p else {
                throw .damaged(.row(.slot, .init(name: "log_n")))
            }
        }
    }

    private func checkReferences() throws(VaultError) {
        try unique(.slot, "label", slots.map { Array($0.label.utf8) })
        try unique(.slot, "public_key", slots.map(\.publicKey))
        try unique(.app, "name", apps.map { Array($0.row.name.utf8) })
        try unique(.connection, "name", connections.map { Array($0.row.name.utf8) })
        let known = Set(apps.map(\.row.id))
        guard connections.allSatisfy({ known.contains($0.row.appID) }) else {
            throw .damaged(.row(.connection, .init(name: "app_id")))
        }
    }

    private func unique(
        _ table: VaultError.Table, _ column: String, _ values: [[UInt8]]
    ) throws(VaultError) {
        guard Set(values).count == values.count else { throw .damaged(.row(table, .init(name: column))) }
    }
}

extension SealedRow {
    /// A multiple of the unit below 16,383 bytes, and the tag of 16.
    static func admitsBody(_ count: Int64) -> Bool {
        let padded = count - 16
        return padded > 0 && padded <= 16_383 && padded % Int64(unit) == 0
    }
}
