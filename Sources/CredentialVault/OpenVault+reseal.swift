internal import Secrets

extension OpenVault {
    /// Opens every row under this generation and seals it under the next, one at a time, so that memory does not grow
    /// with the bodies.
    borrowing func reseal<Row: SealedRow>(
        _ rows: KeptRows<Row>, into next: borrowing NextGeneration, _ told: (_ done: Int) -> Void
    ) throws(VaultError) -> KeptRows<Row> {
        let query = try Database.RowQuery(Row.table, in: database)
        let update = try Database.SealingUpdate(Row.table, in: database)
        var sealed: [Kept<Row>] = []
        sealed.reserveCapacity(rows.count)
        for kept in rows {
            let framed = try open(kept, by: query)
            let (new, body) = try next.root.seal(kept.row, framed, in: next.snapshot.header)
            try update.write(new.head, body, to: kept.row.id)
            sealed.append(new)
            if sealed.count.isMultiple(of: 64) || sealed.count == rows.count { told(sealed.count) }
        }
        return KeptRows(sealed)
    }
}
