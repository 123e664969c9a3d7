private import Secrets

/// The whole of a vault but the bodies and the old events: what one read transaction saw.
///
/// A value of this type has passed every check that needs no key: schema, types, sizes, limits, references and
/// `content` (FORMAT.md, three answers: anything else is damage). It says nothing yet about who wrote it.
struct Snapshot: Sendable {
    var header: VaultHeader
    var manifest: [UInt8]
    var journal: JournalEnds
    var lineage: [LineageRow]
    var lineageDigests: [[UInt8]]
    var slots: [SlotRow]
    var slotDigests: [[UInt8]]
    var apps: KeptRows<AppRow>
    var connections: KeptRows<ConnectionRow>

    /// H(ctx("content", first_seq, first_chain, newest chain, numbers of rows) ‖ digests, table by table).
    func content() throws(VaultError) -> [UInt8] {
        let counts = [lineage.count, slots.count, apps.count, connections.count]
        var context = BoundContext(
            .content, .integer(journal.firstSeq), .blob(journal.firstChain), .blob(journal.newestChain))
        for count in counts { context.append(.integer(Int64(count))) }
        var bytes = context.bytes
        bytes.reserveCapacity(bytes.count + 32 * counts.reduce(0, +))
        for digest in lineageDigests { bytes += digest }
        for digest in slotDigests { bytes += digest }
        apps.appendDigests(to: &bytes)
        connections.appendDigests(to: &bytes)
        return try Digest.hash(bytes)
    }

    /// What `manifest` authenticates under K_mac.
    func manifestMessage(content: [UInt8]) -> [UInt8] {
        BoundContext(
            .manifest, .integer(Schema.format), .blob(header.id.bytes), .integer(header.generation),
            .integer(header.epoch), .integer(header.createdAt), .blob(content)
        ).bytes
    }

    /// Recomputes the digests of lineage and slots, which are few.
    mutating func digestSmallTables() throws(VaultError) {
        lineageDigests = []
        for row in lineage {
            lineageDigests.append(try Digest.row(.rowLineage, header.id, header.generation, row.values))
        }
        slotDigests = []
        for row in slots {
            slotDigests.append(try Digest.row(.rowSlot, header.id, header.generation, row.values))
        }
    }
}
