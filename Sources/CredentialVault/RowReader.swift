/// Takes a row's values apart in column order; what is not as the schema says is damage.
struct RowReader {
    private let table: VaultError.Table
    private let columns: [Schema.Column]
    private let values: [Value]
    private var index = 0

    /// Reads the statement's current row. Checks type, size, range and nullability of every column.
    init(_ table: VaultError.Table, from statement: Statement) throws(VaultError) {
        self.table = table
        columns = Schema.columns(of: table)
        var values: [Value] = []
        values.reserveCapacity(columns.count)
        for (index, column) in columns.enumerated() {
            guard let value = statement.value(at: index), column.admits(value) else {
                throw .damaged(.row(table, .init(name: column.name)))
            }
            values.append(value)
        }
        self.values = values
    }

    /// Takes values that stand in no file yet. The same checks.
    init(_ table: VaultError.Table, _ values: [Value]) throws(VaultError) {
        self.table = table
        columns = Schema.columns(of: table)
        for (column, value) in zip(columns, values) where !column.admits(value) {
            throw .damaged(.row(table, .init(name: column.name)))
        }
        guard values.count == columns.count else { throw .damaged(.schema) }
        self.values = values
    }

    var all: [Value] { values }

    mutating func integer() -> Int64 {
        guard case .integer(let number) = next() else { return 0 }
        return number
    }
    mutating func optionalInteger() -> Int64? {
        guard case .integer(let number) = next() else { return nil }
        return number
    }
    mutating func text() -> String {
        guard case .text(let text) = next() else { return "" }
        return text
    }
    mutating func optionalText() -> String? {
        guard case .text(let text) = next() else { return nil }
        return text
    }
    mutating func blob() -> [UInt8] {
        guard case .blob(let bytes) = next() else { return [] }
        return bytes
    }
    mutating func optionalBlob() -> [UInt8]? {
        guard case .blob(let bytes) = next() else { return nil }
        return bytes
    }

    mutating func id() throws(VaultError) -> RowID {
        guard let id = RowID(bytes: blob()) else { throw damage() }
        return id
    }

    mutating func optionalID() throws(VaultError) -> RowID? {
        guard let bytes = optionalBlob() else { return nil }
        guard let id = RowID(bytes: bytes) else { throw damage() }
        return id
    }

    /// A word from a closed list.
    mutating func word<W: RawRepresentable<String>>(_: W.Type) throws(VaultError) -> W {
        guard let word = W(rawValue: text()) else { throw damage() }
        return word
    }

    mutating func optionalWord<W: RawRepresentable<String>>(_: W.Type) throws(VaultError) -> W? {
        guard let text = optionalText() else { return nil }
        guard let word = W(rawValue: text) else { throw damage() }
        return word
    }

    /// The column that was read last is not what it must be.
    func damage() -> VaultError { .damaged(.row(table, .init(name: columns[max(index - 1, 0)].name))) }

    private mutating func next() -> Value {
        defer { index += 1 }
        // `init` filled one value for each column; a row type reads no more than its table has.
        return values[index]
    }
}

extension Schema.Column {
    /// Whether the value is of the column's type, size and range.
    func admits(_ value: Value) -> Bool {
        switch (value, type) {
        case (.null, _): nullable
        case (.integer(let number), .integer(let least)): number >= least
        case (.text(let text), .text(let limit, let empty)):
            text.utf8.count <= limit && (empty || !text.isEmpty) && !text.utf8.contains(0)
        case (.blob(let bytes), .blob(let size)): bytes.count == size
        default: false
        }
    }
}
