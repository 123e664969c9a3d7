/// A connection's row as it was sealed and is not in the file yet: what is left of new tokens when the vault could
/// not take them (SECURITY.md, Recovery record). Ciphertext and clear columns, no secret in the clear.
///
/// As text: `ADVAULT-RECOVERY-1 ` and the base64url of a JSON object, at most `maximumBytes` together.
package struct RecoveryRecord: Equatable, Sendable {
    package let vault: VaultID
    package let generation: Int64
    /// Under the version that it was sealed for.
    package let row: ConnectionRow
    /// 56 bytes.
    let head: [UInt8]
    /// 2,064 to 14,352 bytes.
    let body: [UInt8]

    package static let prefix = "ADVAULT-RECOVERY-1 "
    /// The longest text: every clear text full of what JSON writes in six bytes, and the longest body.
    package static let maximumBytes = 76_000

    init(vault: VaultID, generation: Int64, row: ConnectionRow, head: [UInt8], body: [UInt8]) {
        (self.vault, self.generation, self.row, self.head, self.body) = (vault, generation, row, head, body)
    }

    /// Whether it was sealed for this vault under the root key that it has now.
    package func isSealed(for vault: VaultHeader) -> Bool {
        self.vault == vault.id && generation == vault.generation
    }

    /// What `Database.update` takes.
    var values: [Value] { row.values + [.blob(head), .blob(body)] }

    // MARK: As text

    package var text: String { RecordLine.text(json, prefix: Self.prefix) }

    /// Members in this order, without a blank: one record has one text.
    private var json: [UInt8] {
        let outer: [(String, Value)] = [
            ("vault_id", .blob(vault.bytes)), ("generation", .integer(generation)),
            ("table", .text(Self.table.rawValue)),
        ]
        var json = Array("{".utf8)
        RecordJSON.append(outer, to: &json)
        json += ",\"row\":{".utf8
        RecordJSON.append(zip(Self.names, values), to: &json)
        json += "}}".utf8
        return json
    }

    private static let table = VaultError.Table.connection
    private static let names = Schema.columns(of: table).map(\.name) + ["head", "body"]

    /// Exactly what `text` gives, but for blanks and line ends around it; all else is refused, a JSON of another
    /// order or spelling too. Says nothing yet about who wrote it.
    ///
    /// Throws `recovery(.malformed)`.
    package init(text: String) throws(VaultError) {
        guard let json = RecordLine.json(in: text, prefix: Self.prefix, limit: Self.maximumBytes),
            let record = try Self.read(json), record.json == json
        else { throw .recovery(.malformed) }
        self = record
    }

    /// Every record's base64url: `{"vault_id":`.
    private static let beginning = Array("eyJ2YXVsdF9pZCI6".utf8)

    /// Every record that stands in a text, a log for example: from the prefix to the next blank; nil for one that
    /// is not whole, as a logger leaves it that cuts long lines.
    ///
    /// Throws `recovery(.malformed)` when none is whole.
    package static func all(in text: String) throws(VaultError) -> [RecoveryRecord?] {
        var records: [RecoveryRecord?] = []
        var rest = text.utf8[...]
        while let start = rest.firstRange(of: prefix.utf8) {
            let encoded = rest[start.upperBound...].prefix { $0 > 0x20 }
            rest = rest[encoded.endIndex...]
            // A sentence about records is none.
            guard encoded.starts(with: beginning) else { continue }
            records.append(try? RecoveryRecord(text: prefix + String(decoding: encoded, as: UTF8.self)))
        }
        guard records.contains(where: { $0 != nil }) else { throw .recovery(.malformed) }
        return records
    }

    private static func read(_ json: [UInt8]) throws(VaultError) -> RecoveryRecord? {
        var reader = RecordJSON(json)
        guard reader.skip("{\"vault_id\":"), case .blob(let id) = reader.value(.blob),
            let vault = VaultID(bytes: id), reader.skip(",\"generation\":"),
            case .integer(let generation) = reader.value(.integer), generation >= 1,
            reader.skip(",\"table\":\"\(table.rawValue)\",\"row\":{")
        else { return nil }
        var values: [Value] = []
        let kinds = Schema.columns(of: table).map { RecordJSON.Kind($0.type) } + [.blob, .blob]
        for (index, (name, kind)) in zip(names, kinds).enumerated() {
            guard reader.skip("\(index == 0 ? "" : ",")\"\(name)\":"), let value = reader.value(kind) else {
                return nil
            }
            values.append(value)
        }
        guard reader.skip("}}"), reader.isAtEnd, case .blob(let body) = values.removeLast(),
            case .blob(let head) = values.removeLast(), head.count == 56,
            ConnectionRow.admitsBody(Int64(body.count))
        else { return nil }
        do throws(VaultError) {
            var row = try RowReader(table, values)
            return RecoveryRecord(
                vault: vault, generation: generation, row: try ConnectionRow(reading: &row), head: head,
                body: body)
        } catch { throw .recovery(.malformed) }
    }
}
