/// The six tables of format 1, their statements verbatim from SECURITY.md, Tables.
enum Table: String, CaseIterable {
    case vault, lineage, slot, app, connection, event

    var statement: String {
        switch self {
        case .vault:
            """
            CREATE TABLE vault (
                format INTEGER NOT NULL,
                vault_id BLOB NOT NULL PRIMARY KEY,
                generation INTEGER NOT NULL,
                epoch INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                first_seq INTEGER NOT NULL,
                first_chain BLOB NOT NULL,
                content BLOB NOT NULL,
                manifest BLOB NOT NULL
            ) STRICT, WITHOUT ROWID
            """
        case .lineage:
            """
            CREATE TABLE lineage (
                generation INTEGER NOT NULL PRIMARY KEY,
                root_public BLOB NOT NULL,
                signature BLOB
            ) STRICT, WITHOUT ROWID
            """
        case .slot:
            """
            CREATE TABLE slot (
                slot_id BLOB NOT NULL PRIMARY KEY,
                kind TEXT NOT NULL,
                label TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                public_key BLOB NOT NULL,
                kdf TEXT,
                log_n INTEGER,
                r INTEGER,
                p INTEGER,
                salt BLOB,
                sealed_identity BLOB,
                wrapped_root BLOB NOT NULL
            ) STRICT, WITHOUT ROWID
            """
        case .app:
            """
            CREATE TABLE app (
                app_id BLOB NOT NULL PRIMARY KEY,
                version INTEGER NOT NULL,
                name TEXT NOT NULL,
                provider TEXT NOT NULL,
                profile BLOB NOT NULL,
                client_id TEXT NOT NULL,
                redirect_uri TEXT NOT NULL,
                scopes TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                head BLOB NOT NULL,
                body BLOB NOT NULL
            ) STRICT, WITHOUT ROWID
            """
        case .connection:
            """
            CREATE TABLE connection (
                connection_id BLOB NOT NULL PRIMARY KEY,
                version INTEGER NOT NULL,
                name TEXT NOT NULL,
                app_id BLOB NOT NULL,
                scopes TEXT NOT NULL,
                access_expires_at INTEGER,
                refresh_expires_at INTEGER,
                consented_at INTEGER,
                refreshed_at INTEGER,
                state TEXT NOT NULL,
                last_error TEXT,
                pending INTEGER,
                tags TEXT,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                head BLOB NOT NULL,
                body BLOB NOT NULL
            ) STRICT, WITHOUT ROWID
            """
        case .event:
            """
            CREATE TABLE event (
                seq INTEGER NOT NULL PRIMARY KEY,
                at INTEGER NOT NULL,
                slot_id BLOB,
                operation TEXT NOT NULL,
                connection_id BLOB,
                outcome TEXT NOT NULL,
                chain BLOB NOT NULL
            ) STRICT, WITHOUT ROWID
            """
        }
    }

    /// In order: the first word of each line between the brackets.
    var columns: [String] {
        statement.split(separator: "\n").dropFirst().dropLast().map { line in
            String(line.drop { $0 == " " }.prefix { $0 != " " })
        }
    }

    var key: String {
        switch self {
        case .vault: "vault_id"
        case .lineage: "generation"
        case .slot: "slot_id"
        case .app: "app_id"
        case .connection: "connection_id"
        case .event: "seq"
        }
    }
}

/// A row, by the names of its columns.
typealias Row = [String: Cell]

extension Row {
    /// In the table's order.
    func cells(of table: Table) -> [Cell] { table.columns.map { self[$0] ?? .null } }
}
