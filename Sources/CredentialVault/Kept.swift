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

/// The rows of one table stand in ascending order of their IDs: so they are read, and so they are held to be.
extension Array {
    /// nil where no row has the ID.
    func place<Row>(of id: RowID) -> Int? where Element == Kept<Row> {
        let place = placeForInserting(id)
        return place < count && self[place].row.id == id ? place : nil
    }

    /// The first place whose row has not a lower ID.
    func placeForInserting<Row>(_ id: RowID) -> Int where Element == Kept<Row> {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle].row.id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func row<Row>(_ id: RowID) -> Row? where Element == Kept<Row> { place(of: id).map { self[$0].row } }
}
