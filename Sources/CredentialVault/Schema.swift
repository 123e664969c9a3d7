/// The six tables of format 1: their SQL, which `sqlite_schema.sql` equals byte for byte, and what each column
/// may hold (SECURITY.md, Tables).
enum Schema {
    static let format: Int64 = 1

    struct Column {
        let name: String
        let type: Kind
        var nullable = false

        enum Kind: Equatable {
            /// From this value to 2^63−1.
            case integer(from: Int64)
            /// Valid UTF-8 without U+0000, at most this many bytes; `empty` says whether none is allowed.
            case text(limit: Int, empty: Bool)
            case blob(bytes: Int)
        }
    }

    private static let id = Column.Kind.blob(bytes: 16)
    private static let hash = Column.Kind.blob(bytes: 32)
    private static let count = Column.Kind.integer(from: 1)
    private static let time = Column.Kind.integer(from: 0)
    private static let text = Column.Kind.text(limit: Limits.text, empty: false)
    private static let anyText = Column.Kind.text(limit: Limits.text, empty: true)
    private static let scopes = Column.Kind.text(limit: Limits.scopes, empty: true)

    /// Columns in order. `head` and `body` of sealed rows are not listed: they are what the others are bound to.
    static func columns(of table: VaultError.Table) -> [Column] { made[table] ?? makeColumns(of: table) }

    /// Asked for with every row that is read.
    private static let made = Dictionary(
        uniqueKeysWithValues: VaultError.Table.allCases.map { ($0, makeColumns(of: $0)) })

    private static func makeColumns(of table: VaultError.Table) -> [Column] {
        switch table {
        case .vault:
            [
                Column(name: "format", type: count), Column(name: "vault_id", type: id),
                Column(name: "generation", type: count), Column(name: "epoch", type: count),
                Column(name: "created_at", type: time), Column(name: "first_seq", type: count),
                Column(name: "first_chain", type: hash), Column(name: "content", type: hash),
                Column(name: "manifest", type: hash),
            ]
        case .lineage:
            [
                Column(name: "generation", type: count), Column(name: "root_public", type: hash),
                Column(name: "signature", type: .blob(bytes: 64), nullable: true),
            ]
        case .slot:
            [
                Column(name: "slot_id", type: id), Column(name: "kind", type: text),
                Column(name: "label", type: text), Column(name: "created_at", type: time),
                Column(name: "public_key", type: hash), Column(name: "kdf", type: text, nullable: true),
                Column(name: "log_n", type: time, nullable: true),
                Column(name: "r", type: time, nullable: true),
                Column(name: "p", type: time, nullable: true),
                Column(name: "salt", type: hash, nullable: true),
                Column(name: "sealed_identity", type: .blob(bytes: 104), nullable: true),
                Column(name: "wrapped_root", type: .blob(bytes: 80)),
            ]
        case .app:
            [
                Column(name: "app_id", type: id), Column(name: "version", type: count),
                Column(name: "name", type: text), Column(name: "provider", type: text),
                Column(name: "profile", type: hash), Column(name: "client_id", type: text),
                Column(name: "redirect_uri", type: text), Column(name: "scopes", type: scopes),
                Column(name: "created_at", type: time), Column(name: "updated_at", type: time),
            ]
        case .connection:
            [
                Column(name: "connection_id", type: id), Column(name: "version", type: count),
                Column(name: "name", type: text), Column(name: "app_id", type: id),
                Column(name: "scopes", type: scopes),
                Column(name: "access_expires_at", type: time, nullable: true),
                Column(name: "refresh_expires_at", type: time, nullable: true),
                Column(name: "consented_at", type: time, nullable: true),
                Column(name: "refreshed_at", type: time, nullable: true), Column(name: "state", type: text),
                Column(name: "last_error", type: text, nullable: true),
                Column(name: "pending", type: time, nullable: true),
                Column(name: "tags", type: anyText, nullable: true),
                Column(name: "created_at", type: time), Column(name: "updated_at", type: time),
            ]
        case .event:
            [
                Column(name: "seq", type: count), Column(name: "at", type: time),
                Column(name: "slot_id", type: id, nullable: true), Column(name: "operation", type: text),
                Column(name: "connection_id", type: id, nullable: true), Column(name: "outcome", type: text),
                Column(name: "chain", type: hash),
            ]
        }
    }

    /// Which tables hold a head and a body.
    static func isSealed(_ table: VaultError.Table) -> Bool { table == .app || table == .connection }

    /// The statement that makes the table.
    static func sql(of table: VaultError.Table) -> String {
        var lines = columns(of: table).enumerated().map { index, column in
            let type =
                switch column.type {
                case .integer: "INTEGER"
                case .text: "TEXT"
                case .blob: "BLOB"
                }
            let key = column.name == primaryKey(of: table) ? " PRIMARY KEY" : ""
            return "    \(column.name) \(type)\(column.nullable ? "" : " NOT NULL")\(key)"
        }
        if isSealed(table) { lines += ["    head BLOB NOT NULL", "    body BLOB NOT NULL"] }
        return "CREATE TABLE \(table.rawValue) (\n" + lines.joined(separator: ",\n")
            + "\n) STRICT, WITHOUT ROWID"
    }

    static func primaryKey(of table: VaultError.Table) -> String {
        switch table {
        case .vault: "vault_id"
        case .lineage: "generation"
        case .slot: "slot_id"
        case .app: "app_id"
        case .connection: "connection_id"
        case .event: "seq"
        }
    }
}
