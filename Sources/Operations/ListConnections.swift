package import CredentialVault

/// `list`: every connection with both its clocks. The vault stays locked, so nothing here is verified.
package enum ListConnections {
    package struct Report: Equatable, Sendable {
        package let vault: VaultHeader
        /// By name.
        package let connections: [ConnectionReport]
    }

    package static func run(_ filter: Filter = .init(), in context: Context) throws(OperationError) -> Report
    {
        let locked = try context.readLocked()
        let now = context.clock()
        let reports = try filter.rows(in: locked, now: now).map { row in
            ConnectionReport(row, app: locked.apps.first { $0.id == row.appID }, now: now)
        }
        return Report(vault: locked.header, connections: reports)
    }
}
