/// What one change does to the tables, and how it is seen to have been done.
enum Edit {
    case nothing
    case insert(VaultError.Table, [Value])
    case update(VaultError.Table, [Value])
    case delete(VaultError.Table, Value)

    func run(on database: Database) throws(VaultError) {
        switch self {
        case .nothing: break
        case .insert(let table, let values): try database.insert(table, values)
        case .update(let table, let values): try database.update(table, values)
        case .delete(let table, let key): try database.delete(table, key)
        }
    }

    func holds(in database: Database) throws(VaultError) -> Bool {
        switch self {
        case .nothing: true
        case .insert(let table, let values), .update(let table, let values):
            // The key of each of these tables is its first column.
            try database.holds(table, values[0], values)
        case .delete(let table, let key): try database.row(table, key) == nil
        }
    }

    /// Whether the row has gone on since: removed, or of another version. An ID never comes back.
    func isOvertaken(in database: Database) throws(VaultError) -> Bool {
        switch self {
        case .nothing: return true
        case .insert(let table, let values), .update(let table, let values):
            guard Schema.isSealed(table) else { return false }
            guard let found = try database.row(table, values[0]) else { return true }
            // The second column of a sealed row is its version.
            return found[1] != values[1]
        case .delete: return false
        }
    }
}

/// What was committed and not yet read back.
struct Written {
    let snapshot: Snapshot
    let edits: [Edit]
    let header: [Value]
}

/// A row that counts its changes.
protocol Versioned {
    var version: Int64 { get }
}

extension AppRow: Versioned {
    func stamped(version: Int64, created: Int64, updated: Int64) -> AppRow {
        var row = self
        (row.version, row.createdAt, row.updatedAt) = (version, created, updated)
        return row
    }
}

extension ConnectionRow: Versioned {
    func stamped(version: Int64, created: Int64, updated: Int64) -> ConnectionRow {
        var row = self
        (row.version, row.createdAt, row.updatedAt) = (version, created, updated)
        return row
    }
}
