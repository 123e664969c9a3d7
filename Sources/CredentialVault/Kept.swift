/// A row as it stands in the file, without its body.
///
/// Immutable and shared: the copy of a snapshot in which a change is made costs one reference a row.
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
struct KeptRows<Row: SealedRow>: RandomAccessCollection, Sendable {
    private var rows: [Kept<Row>]
    /// `digest(row)` of each, one after the other, as `content` hashes them: a commit need not walk all rows for it.
    private(set) var digests: [UInt8]

    private static var size: Int { 32 }

    init(_ rows: [Kept<Row>] = []) {
        self.rows = rows
        digests = []
        digests.reserveCapacity(rows.count * Self.size)
        for row in rows { digests += row.digest }
    }

    var startIndex: Int { rows.startIndex }
    var endIndex: Int { rows.endIndex }

    subscript(place: Int) -> Kept<Row> {
        get { rows[place] }
        set {
            rows[place] = newValue
            digests.replaceSubrange(Self.bytes(of: place), with: newValue.digest)
        }
    }

    mutating func insert(_ row: Kept<Row>, at place: Int) {
        rows.insert(row, at: place)
        digests.insert(contentsOf: row.digest, at: place * Self.size)
    }

    mutating func remove(at place: Int) {
        rows.remove(at: place)
        digests.removeSubrange(Self.bytes(of: place))
    }

    private static func bytes(of place: Int) -> Range<Int> { place * size..<(place + 1) * size }

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
