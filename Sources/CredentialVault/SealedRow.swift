private import Secrets

/// A row that holds secrets (an app's or a connection's): its clear columns, and what is known of its sealing.
protocol SealedRow: Sendable {
    static var table: VaultError.Table { get }
    static var label: Label { get }
    /// Bytes that the framed secrets are padded to a multiple of.
    static var unit: Int { get }
    static var limit: Int { get }
    static var limitName: VaultError.Limit { get }
    init(reading row: inout RowReader) throws(VaultError)
    var id: RowID { get }
    var name: String { get }
    var values: [Value] { get }
}

extension AppRow: SealedRow {
    static var table: VaultError.Table { .app }
    static var label: Label { .app }
    static var unit: Int { 512 }
    static var limit: Int { Limits.apps }
    static var limitName: VaultError.Limit { .apps }
}

extension ConnectionRow: SealedRow {
    static var table: VaultError.Table { .connection }
    static var label: Label { .connection }
    static var unit: Int { 2_048 }
    static var limit: Int { Limits.connections }
    static var limitName: VaultError.Limit { .connections }
}

extension SealedRow {
    /// What the row's sealing is bound to (FORMAT.md, File): ctx(table, vault_id, g, every column before head).
    func sealingContext(_ vault: VaultID, _ generation: Int64) -> [UInt8] {
        var context = BoundContext(Self.label, .blob(vault.bytes), .integer(generation))
        for value in values { context.append(value) }
        return context.bytes
    }
}
