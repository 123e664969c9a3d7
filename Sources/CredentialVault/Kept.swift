/// A row as it stands in the file, without its body.
///
/// Immutable, and shared by the snapshots that it stands in.
final class Kept<Row: SealedRow>: Sendable {
    let row: Row
    /// 56 bytes: salt and commitment of this one sealing.
    let head: [UInt8]
    /// Size of the body in bytes; the body itself is read when it is opened.
    let bodyCount: Int64
    /// `digest(row)`, 32 bytes.
    let digest: [UInt8]

    init(row: Row, head: [UInt8], bodyCount: Int64, digest: [UInt8]) {
        (self.row, self.head, self.bodyCount, self.digest) = (row, head, bodyCount, digest)
    }
}

/// The rows of one table in ascending order of their IDs: so they are read, and so they are held to be.
///
/// They stand in blocks, so that a copy in which one row is changed shares all blocks but one with its original.
struct KeptRows<Row: SealedRow>: RandomAccessCollection, Sendable {
    private struct Block: Sendable {
        var rows: [Kept<Row>]
        /// `digest(row)` of each, one after the other, as `content` hashes them.
        var digests: [UInt8]
    }

    private static var blockSize: Int { 64 }
    private static var digestSize: Int { 32 }

    /// All but the last are full.
    private var blocks: [Block]
    let startIndex = 0
    private(set) var endIndex: Int

    init(_ rows: [Kept<Row>] = []) {
        endIndex = rows.count
        blocks = stride(from: 0, to: rows.count, by: Self.blockSize).map { start in
            let rows = Array(rows[start..<Swift.min(start + Self.blockSize, rows.count)])
            return Block(rows: rows, digests: rows.flatMap(\.digest))
        }
    }

    subscript(place: Int) -> Kept<Row> {
        get { blocks[place / Self.blockSize].rows[place % Self.blockSize] }
        set {
            let (block, place) = place.quotientAndRemainder(dividingBy: Self.blockSize)
            blocks[block].rows[place] = newValue
            let bytes = place * Self.digestSize..<(place + 1) * Self.digestSize
            blocks[block].digests.replaceSubrange(bytes, with: newValue.digest)
        }
    }

    mutating func insert(_ row: Kept<Row>, at place: Int) {
        var rows = Array(self)
        rows.insert(row, at: place)
        self = Self(rows)
    }

    mutating func remove(at place: Int) {
        var rows = Array(self)
        rows.remove(at: place)
        self = Self(rows)
    }

    /// `digest(row)` of each, in order.
    func appendDigests(to bytes: inout [UInt8]) {
        for block in blocks { bytes += block.digests }
    }

    /// nil where no row has the ID.
    func place(of id: RowID) -> Int? {
        let place = placeForInserting(id)
        return place < count && self[place].row.id == id ? place : nil
    }

    /// The first place whose row has not a lower ID.
    func placeForInserting(_ id: RowID) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle].row.id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func row(_ id: RowID) -> Row? { place(of: id).map { self[$0].row } }
}
