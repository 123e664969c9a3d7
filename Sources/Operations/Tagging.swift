internal import CredentialVault

/// `tag`: gives connections tags and takes some away. What the row seals is sealed anew with them.
package enum Tagging {
    package struct Report: Equatable, Sendable {
        /// As they stand now, in the order of the names, or by name.
        package let connections: [ConnectionReport]
    }

    /// - Throws: what keeps all of them from being changed; a column that would be too long before any is.
    package static func run(
        _ selection: Selection, adding: [Tag], removing: [Tag], in context: Context
    ) throws(OperationError) -> Report {
        let rows = try selection.rows(in: context.readLocked(), now: context.clock())
        for row in rows { _ = try changed(row, adding, removing) }
        try refuseUnknown(removing, rows)
        try context.key.check()
        guard !rows.isEmpty else { return Report(connections: []) }
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        return try context.unlocked(under: locks) { (vault) throws(OperationError) in
            var reports: [ConnectionReport] = []
            for seen in rows {
                // Under its lock: a record of new tokens is sealed for the row's next version, which this takes.
                let row = try context.holding(seen.id, of: &vault, under: locks) {
                    (vault) throws(OperationError) in
                    guard let row = vault.connection(seen.id) else { throw .noConnection(seen.name) }
                    let changed = try changed(row, adding, removing)
                    guard changed != row else { return row }
                    return try vault.note(
                        changed, Event(.tag, .ok, connection: row.id), now: context.clock())
                }
                reports.append(ConnectionReport(row, app: vault.app(row.appID), now: context.clock()))
            }
            return Report(connections: reports)
        }
    }

    /// A mistyped tag must not look as if it had been taken away.
    private static func refuseUnknown(_ removing: [Tag], _ rows: [ConnectionRow]) throws(OperationError) {
        let there = rows.flatMap { Tag.of(column: $0.tags) }
        for tag in removing where !rows.isEmpty && !there.contains(where: tag.finds) {
            throw .noTag(tag.text, there: Set(there.map(\.text)).sorted())
        }
    }

    private static func changed(
        _ row: ConnectionRow, _ adding: [Tag], _ removing: [Tag]
    ) throws(OperationError) -> ConnectionRow {
        var row = row
        row.tags = try Tag.column(Tag.of(column: row.tags).removing(removing).adding(adding))
        return row
    }
}
