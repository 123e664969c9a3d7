internal import CredentialVault

/// Which connections a verb is for.
package enum Selection: Equatable, Sendable {
    /// By name.
    case matching(Filter)
    /// In this order; one that stands twice counts once.
    case named([String])

    package static let all = matching(Filter())

    /// Throws `.noConnection` for the first name that there is not, and what `Filter` throws.
    func rows(in locked: LockedVault, now: Int64) throws(OperationError) -> [ConnectionRow] {
        switch self {
        case .matching(let filter): return try filter.rows(in: locked, now: now)
        case .named(let names):
            var rows: [ConnectionRow] = []
            for name in names where !rows.contains(where: { $0.name == name }) {
                rows.append(try locked.connectionNamed(name))
            }
            return rows
        }
    }
}

extension LockedVault {
    func connectionNamed(_ name: String) throws(OperationError) -> ConnectionRow {
        guard let row = connection(named: name) else { throw .noConnection(name) }
        return row
    }
}
