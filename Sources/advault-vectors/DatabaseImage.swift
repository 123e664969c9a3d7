private import CSQLite

/// The bytes of a SQLite database, made in memory: no file, no -wal, nothing of the clock or of the machine.
enum DatabaseImage {
    struct Failure: Error { let code: Int32 }

    /// 512 is the smallest that SQLite has; the format gives page size no meaning.
    static func make(
        encoding: String = "UTF-8", statements: [String], _ rows: [(table: String, cells: [Cell])]
    ) throws -> [UInt8] {
        let database = try Connection()
        try database.execute("PRAGMA page_size = 512")
        try database.execute("PRAGMA encoding = '\(encoding)'")
        for statement in statements { try database.execute(statement) }
        for row in rows { try database.insert(into: row.table, row.cells) }
        var bytes = try database.serialized()
        stamp(&bytes)
        return bytes
    }

    /// The fields of the database header (the file format of SQLite, section 1.3) that say how it came to be:
    /// journal mode WAL, the first change, and one version of the library, whichever made it.
    private static func stamp(_ bytes: inout [UInt8]) {
        (bytes[18], bytes[19]) = (2, 2)
        bytes.replaceSubrange(24..<28, with: bigEndian(UInt32(1)))
        bytes.replaceSubrange(92..<96, with: bigEndian(UInt32(1)))
        bytes.replaceSubrange(96..<100, with: bigEndian(UInt32(3_040_001)))
    }

    /// The one owner of a database in memory.
    @safe
    private struct Connection: ~Copyable {
        private let handle: OpaquePointer

        init() throws {
            var opened: OpaquePointer?
            let code = unsafe sqlite3_open(":memory:", &opened)
            guard code == SQLITE_OK, let handle = unsafe opened else { throw Failure(code: code) }
            unsafe self.handle = unsafe handle
        }

        borrowing func execute(_ sql: String) throws {
            try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil))
        }

        borrowing func insert(into table: String, _ cells: [Cell]) throws {
            var prepared: OpaquePointer?
            let places = cells.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
            let sql = "INSERT INTO \(table) VALUES (\(places))"
            try check(unsafe sqlite3_prepare_v2(handle, sql, -1, &prepared, nil))
            defer { unsafe sqlite3_finalize(prepared) }
            for (index, cell) in cells.enumerated() {
                try check(unsafe Self.bind(cell, to: prepared, Int32(index + 1)))
            }
            let code = unsafe sqlite3_step(prepared)
            guard code == SQLITE_DONE else { throw Failure(code: code) }
        }

        private static func bind(_ cell: Cell, to statement: OpaquePointer?, _ position: Int32) -> Int32 {
            switch cell {
            case .null: unsafe sqlite3_bind_null(statement, position)
            case .integer(let number): unsafe sqlite3_bind_int64(statement, position, number)
            // One more byte than is bound: an empty array may lend nil, and nil would be NULL.
            case .text(let bytes):
                unsafe (bytes + [0]).map(CChar.init(bitPattern:)).withUnsafeBufferPointer {
                    unsafe advault_sqlite_bind_text(statement, position, $0.baseAddress, Int32(bytes.count))
                }
            case .blob(let bytes):
                unsafe bytes.withUnsafeBytes {
                    unsafe advault_sqlite_bind_blob(statement, position, $0.baseAddress, Int32($0.count))
                }
            }
        }

        borrowing func serialized() throws -> [UInt8] {
            var size: sqlite3_int64 = 0
            guard let bytes = unsafe sqlite3_serialize(handle, "main", &size, 0) else {
                throw Failure(code: SQLITE_NOMEM)
            }
            defer { unsafe sqlite3_free(bytes) }
            return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: Int(size)))
        }

        private borrowing func check(_ code: Int32) throws {
            guard code == SQLITE_OK else { throw Failure(code: code) }
        }

        deinit { unsafe sqlite3_close_v2(handle) }
    }
}

extension Draft {
    /// The file. Statements and rows that are handed in stand beside those of the format.
    func image(encoding: String = "UTF-8", extra: [String] = []) throws -> [UInt8] {
        let cells = Table.allCases.flatMap { table in
            scan(table).map { (table: table.rawValue, cells: $0.cells(of: table)) }
        }
        return try DatabaseImage.make(
            encoding: encoding, statements: Table.allCases.map(\.statement) + extra, cells)
    }
}
