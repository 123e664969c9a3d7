/// Every domain label of format 1. Two uses never share one.
enum Label: String, CaseIterable {
    // Keys
    case seal
    case manifest
    case lineageKey = "lineage-key"
    case vaultID = "vault-id"
    case passphrase
    case scrypt
    case slotIdentity = "slot-identity"
    case slotRoot = "slot-root"
    // Lineage
    case lineage
    // Sealed rows
    case app
    case connection
    // App files
    case appExport = "app-export"
    // Digests
    case rowLineage = "row/lineage"
    case rowSlot = "row/slot"
    case rowApp = "row/app"
    case rowConnection = "row/connection"
    case content
    // Journal
    case event

    /// The label of `digest(row)` for a table that `content` covers row by row.
    static func row(_ table: VaultError.Table) -> Label? {
        switch table {
        case .lineage: .rowLineage
        case .slot: .rowSlot
        case .app: .rowApp
        case .connection: .rowConnection
        case .vault, .event: nil
        }
    }
}
