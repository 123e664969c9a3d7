private import CSQLite

extension Database {
    private static func names(_ table: VaultError.Table) -> [String] {
        Schema.columns(of: table).map(\.name) + (Schema.isSealed(table) ? ["head", "body"] : [])
    }

    /// Values in column order; of a sealed table head and body last.
    func insert(_ table: VaultError.Table, _ values: [Value]) throws(VaultError) {
        try recurring(.insert(table), Self.insertion(table)).runTouchingOne(values)
    }

    /// Replaces the row whose primary key is the first value.
    func update(_ table: VaultError.Table, _ values: [Value]) throws(VaultError) {
        try recurring(
            .update(table),
            "UPDATE \(table.rawValue) SET \(Self.sets(table)) WHERE \(Schema.primaryKey(of: table)) = ?1"
        ).runTouchingOne(values)
    }

    func delete(_ table: VaultError.Table, _ key: Value) throws(VaultError) {
        let sql = "DELETE FROM \(table.rawValue) WHERE \(Schema.primaryKey(of: table)) = ?1"
        try prepare(sql).runTouchingOne([key])
    }

    /// The one row of `vault`, whose key is its second column.
    func updateHeader(_ values: [Value]) throws(VaultError) {
        try recurring(.updateHeader, "UPDATE vault SET \(Self.sets(.vault)) WHERE vault_id = ?2")
            .runTouchingOne(values)
    }

    private static func insertion(_ table: VaultError.Table) -> String {
        let names = names(table)
        let places = names.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        return "INSERT INTO \(table.rawValue) (\(names.joined(separator: ", "))) VALUES (\(places))"
    }

    private static func sets(_ table: VaultError.Table) -> String {
        let names = names(table)
        return names.indices.map { "\(names[$0]) = ?\($0 + 1)" }.joined(separator: ", ")
    }

    /// Lets SQLite refuse what would make the file longer than the limit: to whoever opens it next it would be damage.
    func limitSize() throws(VaultError) {
        let pages = Limits.file / max(try number("PRAGMA page_size"), 1)
        _ = try number("PRAGMA max_page_count = \(pages)")
        mostPages = pages
    }

    /// Whether a change found no room because of `limitSize` and not of the disk. The change was rolled back, so that
    /// what it would have taken, some dozen pages, is free again.
    var isAtLimit: Bool {
        guard let mostPages, let pages = try? number("PRAGMA page_count") else { return false }
        return pages > mostPages - 64
    }

    private func number(_ sql: String) throws(VaultError) -> Int64 {
        let statement = try prepare(sql)
        guard try statement.step(), case .integer(let number) = statement.value(at: 0) else {
            throw .damaged(.notAVault)
        }
        return number
    }

    /// Every column of one row as it stands in the file, for reading back; nil where there is none.
    func row(_ table: VaultError.Table, _ key: Value) throws(VaultError) -> [Value]? {
        try RowQuery(table, in: self).row(key)
    }

    /// Whether the row of this key is exactly this one, compared where it lies; `values` as `row` gives them.
    func holds(_ table: VaultError.Table, _ key: Value, _ values: [Value]) throws(VaultError) -> Bool {
        let statement = try RowQuery(table, in: self).statement
        try statement.bind([key])
        defer { statement.reset() }
        guard try statement.step() else { return false }
        return statement.holds(values)
    }

    /// A query for whole rows of one table by their keys, prepared once.
    struct RowQuery {
        fileprivate let statement: Statement
        private let columns: Range<Int>

        init(_ table: VaultError.Table, in database: Database) throws(VaultError) {
            columns = 0..<Schema.columns(of: table).count + (Schema.isSealed(table) ? 2 : 0)
            statement = try database.recurring(
                .row(table),
                "SELECT \(Database.names(table).joined(separator: ", ")) FROM \(table.rawValue) "
                    + "WHERE \(Schema.primaryKey(of: table)) = ?1")
        }

        /// The column that follows these where the row begins with exactly these, compared where it lies; else nil.
        func value(after first: [Value], of key: Value) throws(VaultError) -> Value? {
            try statement.bind([key])
            defer { statement.reset() }
            guard try statement.step(), statement.holds(first) else { return nil }
            return statement.value(at: first.count)
        }

        /// Columns in order; of a sealed table head and body last. nil where there is no such row.
        func row(_ key: Value) throws(VaultError) -> [Value]? {
            try statement.bind([key])
            // The read position would keep a transaction from ending.
            defer { statement.reset() }
            guard try statement.step() else { return nil }
            var values: [Value] = []
            values.reserveCapacity(columns.count)
            for index in columns {
                guard let value = statement.value(at: index) else { throw .damaged(.readBack) }
                values.append(value)
            }
            return values
        }
    }

    /// Writes new sealings into the rows of one table, prepared once.
    struct SealingUpdate {
        private let statement: Statement

        init(_ table: VaultError.Table, in database: Database) throws(VaultError) {
            statement = try database.prepare(
                "UPDATE \(table.rawValue) SET head = ?2, body = ?3 "
                    + "WHERE \(Schema.primaryKey(of: table)) = ?1")
        }

        func write(_ head: [UInt8], _ body: [UInt8], to id: RowID) throws(VaultError) {
            try statement.runTouchingOne([.blob(id.bytes), .blob(head), .blob(body)])
        }
    }
}

extension Snapshot {
    /// The columns of `vault` in order.
    func headerValues(content: [UInt8], manifest: [UInt8]) -> [Value] {
        [
            .integer(Schema.format), .blob(header.id.bytes), .integer(header.generation),
            .integer(header.epoch),
            .integer(header.createdAt), .integer(journal.firstSeq), .blob(journal.firstChain), .blob(content),
            .blob(manifest),
        ]
    }
}
