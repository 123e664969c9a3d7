internal import CredentialVault

/// Which connections a verb is for.
package enum Selection: Equatable, Sendable {
    case all
    /// In this order; one that stands twice counts once.
    case named([String])

    /// Throws `.noConnection` for the first name that there is not.
    func rows(in connections: [ConnectionRow]) throws(OperationError) -> [ConnectionRow] {
        switch self {
        case .all: return connections.sorted { $0.name < $1.name }
        case .named(let names):
            var rows: [ConnectionRow] = []
            for name in names where !rows.contains(where: { $0.name == name }) {
                guard let row = connections.first(where: { $0.name == name }) else {
                    throw .noConnection(name)
                }
                rows.append(row)
            }
            return rows
        }
    }
}
