internal import Secrets

/// The vault: one encrypted file of format 1 (SECURITY.md, Format).
package enum Vault {
    /// Makes a vault with one slot and returns its header; the ID is what machines pin.
    ///
    /// The file is built under another name and moved into place when it is whole, so that a failure leaves
    /// nothing half made and nothing existing is ever touched. It is the vault that this machine knows at the path from
    /// now on, whichever stood there before. Throws `anchor` before anything is made, `alreadyExists`, `refusedFile`, `system`,
    /// `invalidText` for a label that is empty or too long.
    package static func create(
        at path: String, slot: consuming NewSlot, label: String, now: Int64, anchor: AnchorStore? = nil,
        unanchored: (VaultError) -> Void = { _ in }
    ) throws(VaultError) -> VaultHeader {
        _ = try anchor?.load()
        let resolved = try FileRules.prepare(path)
        let secret: SecretBytes
        do { secret = try Random.secret(32) } catch { throw .secrets(error) }
        let rootPublic: [UInt8]
        do { rootPublic = try RootKey.signingKey(secret, generation: 1).publicKey } catch {
            throw .secrets(error)
        }
        let id = try Lineage.vaultID(rootPublic: rootPublic)
        let root = try RootKey.derive(secret, vault: id, generation: 1)
        let row = try Slot.seal(
            slot, id: .random(), label: label, root: root.secret, vault: id, generation: 1, now: now
        ).row
        var snapshot = Snapshot(
            header: VaultHeader(id: id, generation: 1, epoch: 1, createdAt: now), manifest: [],
            journal: JournalEnds(),
            lineage: [LineageRow(generation: 1, rootPublic: rootPublic, signature: nil)], lineageDigests: [],
            slots: [row], slotDigests: [], apps: .init(), connections: .init())
        try snapshot.digestSmallTables()
        let event = try Journal.event(
            Event(.initialise, .ok), slot: row.id, at: now, after: snapshot.journal, vault: id)
        Journal.advance(&snapshot.journal, past: event)
        try checkText(.slot, "label", label)

        let temporary = resolved + ".new-" + (try Hexadecimal.encode(RowID.random().bytes))
        try FileRules.createEmpty(temporary)
        do {
            snapshot.manifest = try write(snapshot, event, root, to: temporary)
            try FileRules.publish(temporary, as: resolved)
        } catch {
            // Our own file of this call, never a vault yet.
            for companion in ["", "-wal", "-shm", "-journal"] { FileRules.remove(temporary + companion) }
            throw error
        }
        do {
            try anchor?.update { table in
                if let first = Anchor(of: snapshot) { table.keep(first) }
                table.keep(id, at: resolved)
            }
        } catch { unanchored(error) }
        return snapshot.header
    }

    /// Returns the manifest.
    private static func write(
        _ snapshot: Snapshot, _ event: EventRow, _ root: borrowing RootKey, to path: String
    ) throws(VaultError) -> [UInt8] {
        let database = try Database(at: path, .readWrite)
        // A row with its secrets takes one page of overflow and little more of this size. Of SQLite's 4,096 it takes
        // twice as much, in the file and in every rotation's -wal.
        try database.execute("PRAGMA page_size = 2048")
        try database.execute("PRAGMA encoding = 'UTF-8'")
        try database.execute("PRAGMA journal_mode = WAL")
        let manifest = try database.transaction(.write) { () throws(VaultError) in
            for table in VaultError.Table.allCases { try database.execute(Schema.sql(of: table)) }
            for row in snapshot.lineage { try database.insert(.lineage, row.values) }
            for row in snapshot.slots { try database.insert(.slot, row.values) }
            try database.insert(.event, event.values)
            let content = try snapshot.content()
            let manifest = try root.manifest(of: snapshot, content: content)
            try database.insert(.vault, snapshot.headerValues(content: content, manifest: manifest))
            return manifest
        }
        // The move takes the one file alone, so nothing may be left in a -wal.
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try database.removeWALOnClose()
        return manifest
    }

    /// Text of a clear column: valid for the column, as the schema has it.
    static func checkText(
        _ table: VaultError.Table, _ column: String, _ text: String
    ) throws(VaultError) {
        guard let spec = Schema.columns(of: table).first(where: { $0.name == column }),
            spec.admits(.text(text))
        else { throw .invalidText(table, column: column) }
    }
}
