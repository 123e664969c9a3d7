private import Secrets

/// `digest(row)` and `content` of FORMAT.md, What holds the rows together.
enum Digest {
    /// H(ctx("row/" ‖ table, vault_id, g, every column in order)); of `body` the length is taken.
    static func row(
        _ label: Label, _ vault: VaultID, _ generation: Int64, _ columns: [Value]
    ) throws(VaultError) -> [UInt8] {
        var context = BoundContext(label, .blob(vault.bytes), .integer(generation))
        for value in columns { context.append(value) }
        return try hash(context.bytes)
    }

    /// Of a sealed row: `head` names this one sealing, and of `body` the length is taken.
    static func row<Row: SealedRow>(
        _ row: Row, head: [UInt8], bodyCount: Int64, in header: VaultHeader
    ) throws(VaultError) -> [UInt8] {
        // Only sealed tables have rows of this type, and each of those has a label.
        guard let label = Label.row(Row.table) else { throw .damaged(.schema) }
        return try self.row(
            label, header.id, header.generation, row.values + [.blob(head), .integer(bodyCount)])
    }

    static func hash(_ bytes: [UInt8]) throws(VaultError) -> [UInt8] {
        do { return try SHA256.hash(bytes) } catch { throw .secrets(error) }
    }
}

/// What the journal has come to: where the kept events begin, and the newest value of the chain.
struct JournalEnds: Equatable, Sendable {
    var firstSeq: Int64 = 1
    /// The value of the chain before event `firstSeq`, 32 bytes; 32 zero bytes before event 1.
    var firstChain = [UInt8](repeating: 0, count: 32)
    /// The seq that the next event gets.
    var nextSeq: Int64 = 1
    /// The newest value, `firstChain` while there is no event.
    var newestChain = [UInt8](repeating: 0, count: 32)

    /// Whose `chain` that is; nil while there is no event.
    var newest: EventRow?

    /// How many events are kept.
    var count: Int64 { nextSeq - firstSeq }
}
