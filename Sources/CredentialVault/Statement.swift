private import CSQLite
private import Glibc

/// One prepared statement; when it goes it is finalised, or, if it recurs, given back to its database.
@safe
final class Statement {
    private let handle: OpaquePointer
    private let database: Database
    private let kind: Database.Recurring?

    init(owning handle: OpaquePointer, of database: Database, as kind: Database.Recurring? = nil) {
        unsafe self.handle = unsafe handle
        (self.database, self.kind) = (database, kind)
    }

    /// Binds values to ?1, ?2, … and readies the statement to run again.
    func bind(_ values: [Value]) throws(VaultError) {
        unsafe sqlite3_reset(handle)
        for (index, value) in values.enumerated() {
            let position = Int32(index + 1)
            switch value {
            case .null: try database.check(unsafe sqlite3_bind_null(handle, position))
            case .integer(let number): try database.check(unsafe sqlite3_bind_int64(handle, position, number))
            case .text(let text):
                let code = unsafe advault_sqlite_bind_text(handle, position, text, Int32(text.utf8.count))
                try database.check(code)
            case .blob(let bytes):
                let code = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe advault_sqlite_bind_blob(handle, position, buffer.baseAddress, Int32(buffer.count))
                }
                try database.check(code)
            }
        }
    }

    /// Moves to the next row; false at the end.
    func step() throws(VaultError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            unsafe sqlite3_reset(handle)
            try database.check(code)
            return false
        }
        return false
    }

    /// Runs a statement that gives no rows and must touch exactly one.
    func runTouchingOne(_ values: [Value]) throws(VaultError) {
        try bind(values)
        _ = try step()
        unsafe sqlite3_reset(handle)
        guard database.changes == 1 else { throw .changedMeanwhile }
    }

    /// Gives up the read position, so that a transaction can end.
    func reset() { unsafe sqlite3_reset(handle) }

    /// The value as it is stored: no conversion is asked of SQLite. nil for a REAL or for text that is not UTF-8
    /// or holds U+0000.
    func value(at index: Int) -> Value? {
        let column = Int32(index)
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, column))
        case SQLITE_TEXT: return text(column).map(Value.text)
        case SQLITE_BLOB: return unsafe .blob(bytes(sqlite3_column_blob(handle, column), column))
        default: return nil
        }
    }

    /// Whether the current row begins with exactly these.
    func holds(_ values: [Value]) -> Bool { values.indices.allSatisfy { holds(values[$0], at: $0) } }

    /// Whether this is the value as it is stored, of the same storage class and byte for byte.
    func holds(_ value: Value, at index: Int) -> Bool {
        let column = Int32(index)
        switch (value, unsafe sqlite3_column_type(handle, column)) {
        case (.null, SQLITE_NULL): return true
        case (.integer(let number), SQLITE_INTEGER):
            return unsafe sqlite3_column_int64(handle, column) == number
        case (.text(let text), SQLITE_TEXT):
            let stored = unsafe stored(UnsafeRawPointer(sqlite3_column_text(handle, column)), column)
            return unsafe stored.elementsEqual(text.utf8)
        case (.blob(let bytes), SQLITE_BLOB):
            let stored = unsafe stored(sqlite3_column_blob(handle, column), column)
            guard stored.count == bytes.count else { return false }
            guard let start = stored.baseAddress else { return true }
            return unsafe memcmp(start, bytes, bytes.count) == 0
        default: return false
        }
    }

    private func text(_ column: Int32) -> String? {
        let pointer = unsafe UnsafeRawPointer(sqlite3_column_text(handle, column))
        let bytes = unsafe bytes(pointer, column)
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private func bytes(_ pointer: UnsafeRawPointer?, _ column: Int32) -> [UInt8] {
        unsafe Array(stored(pointer, column))
    }

    /// SQLite gives no pointer for nothing. It is good until the next step.
    private func stored(_ pointer: UnsafeRawPointer?, _ column: Int32) -> UnsafeRawBufferPointer {
        guard let pointer = unsafe pointer else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeRawBufferPointer(
            start: pointer, count: Int(sqlite3_column_bytes(handle, column)))
    }

    deinit {
        switch kind {
        case .some(let kind): unsafe database.keep(handle, as: kind)
        case .none: unsafe sqlite3_finalize(handle)
        }
    }
}
