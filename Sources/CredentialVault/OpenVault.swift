internal import Secrets

/// An unlocked vault: the verified rows in memory and the keys that open and seal.
///
/// Noncopyable and only ever lent to a closure, so that no code can keep one; its keys are wiped when the
/// closure is left. Every look-up uses rows that the manifest covers (FORMAT.md, What holds the rows together).
package struct OpenVault: ~Copyable {
    let database: Database
    var snapshot: Snapshot
    var root: RootKey
    /// Of the slot in hand.
    var identity: Identity
    /// The slot that was opened, as it last stood in the file.
    package internal(set) var slot: SlotRow
    /// What this machine has seen of it before; nil where nothing is kept.
    var watch: AnchorWatch?

    /// Reads, opens a slot and verifies the whole. The only way to make one.
    static func unlock(
        at path: String, with key: borrowing UnlockKey, _ options: UnlockOptions
    ) throws(VaultError) -> OpenVault {
        let path = try FileRules.check(path)
        var watch = try AnchorWatch(options, path: path)
        let database = try Database(at: path, .readWrite)
        let snapshot = try Snapshot.read(database)
        let slot = try OpenedSlot.find(in: snapshot, with: key, label: options.slot)
        let root = try verify(snapshot, slot.row, slot.identity, pin: options.pin)
        try watch?.compare(snapshot)
        try database.allowCheckpointOnClose()
        try database.limitSize()
        return OpenVault(database: database, snapshot: snapshot, root: root, slot: slot, watch: watch)
    }

    private init(
        database: Database, snapshot: Snapshot, root: consuming RootKey, slot: consuming OpenedSlot,
        watch: AnchorWatch?
    ) {
        self.database = database
        self.snapshot = snapshot
        self.root = root
        self.slot = slot.row
        self.watch = watch
        identity = slot.takeIdentity()
    }

    /// From a slot that opened to a verified whole: root, lineage, pin, manifest. Any failure here is tampering.
    private static func verify(
        _ snapshot: Snapshot, _ slot: SlotRow, _ identity: borrowing Identity, pin: VaultID?
    ) throws(VaultError) -> RootKey {
        let (vault, generation) = (snapshot.header.id, snapshot.header.generation)
        let secret = try Slot.unwrap(slot, with: identity, vault: vault, generation: generation)
        let root = try RootKey.derive(secret, vault: vault, generation: generation)
        guard let last = snapshot.lineage.last, last.rootPublic == root.lineage.publicKey else {
            throw .tampered(.root)
        }
        guard try Lineage.holds(snapshot.lineage, vault: vault) else { throw .tampered(.lineage) }
        if let pin, pin != vault { throw .tampered(.anotherVault(found: vault)) }
        try checkManifest(snapshot, root)
        return root
    }

    private static func checkManifest(
        _ snapshot: Snapshot, _ root: borrowing RootKey
    ) throws(VaultError) {
        let manifest = try root.manifest(of: snapshot, content: snapshot.content())
        guard ConstantTime.equal(manifest, snapshot.manifest) else { throw .tampered(.manifest) }
    }

    // MARK: What is verified

    package var header: VaultHeader { snapshot.header }
    package var slots: [SlotRow] { snapshot.slots }
    /// How many events the journal holds.
    package var events: Int64 { snapshot.journal.count }
    package var apps: [AppRow] { snapshot.apps.map(\.row) }
    package var connections: [ConnectionRow] { snapshot.connections.map(\.row) }

    package borrowing func app(named name: String) -> AppRow? {
        snapshot.apps.first { $0.row.name.hasSameBytes(as: name) }?.row
    }

    package borrowing func app(_ id: RowID) -> AppRow? { snapshot.apps.row(id) }

    package borrowing func connection(named name: String) -> ConnectionRow? {
        snapshot.connections.first { $0.row.name.hasSameBytes(as: name) }?.row
    }

    package borrowing func connection(_ id: RowID) -> ConnectionRow? { snapshot.connections.row(id) }

    // MARK: Other processes

    /// How long another program that writes is waited for by a caller who has more to do meanwhile, in milliseconds.
    package static let briefWait: Int64 = 500

    /// Within the closure another program that writes is waited for so long, and no longer than without it: 10 seconds,
    /// which nil leaves. After that a commit throws `busy`.
    package mutating func waiting<R: ~Copyable, E: Error>(
        atMost milliseconds: Int64?, _ body: (inout OpenVault) throws(E) -> R
    ) throws(E) -> R {
        guard let milliseconds else { return try body(&self) }
        let database = database
        let former = database.waitForWriters
        // 0 would be SQLite's word for no wait at all.
        database.waitForWriters(
            milliseconds: Int32(clamping: min(max(milliseconds, 1), Int64(former))))
        defer { database.waitForWriters(milliseconds: former) }
        return try body(&self)
    }

    /// Verifies everything anew if another process has written since. Called after a lock was taken.
    ///
    /// Throws `wrongKey` when the slot in hand was removed meanwhile, `tampered` when what stands there now is
    /// older than what this process has seen, or another vault.
    package mutating func refresh() throws(VaultError) {
        guard try !snapshot.isCurrent(in: database) else { return }
        try watch?.reload()
        try adopt(Snapshot.read(database))
    }

    /// The same inside a write transaction: nobody commits while it lasts, so the anchors may be read in it.
    mutating func refreshInWrite() throws(VaultError) {
        guard try !snapshot.isCurrent(in: database) else { return }
        try watch?.reload()
        try adopt(Snapshot.readInTransaction(database))
    }

    /// The same inside a read transaction, whose view may lie behind the anchors of this moment: compared with those that
    /// were read last.
    mutating func refreshInRead() throws(VaultError) {
        guard try !snapshot.isCurrent(in: database) else { return }
        try adopt(Snapshot.readInTransaction(database))
    }

    private mutating func adopt(_ found: Snapshot) throws(VaultError) {
        guard found.header.id == snapshot.header.id else {
            throw .tampered(.anotherVault(found: found.header.id))
        }
        guard found.header.epoch > snapshot.header.epoch,
            found.lineage.starts(with: snapshot.lineage)
        else { throw .tampered(.manifest) }
        guard let slot = found.slots.first(where: { $0.publicKey == identity.publicKey }) else {
            throw .wrongKey(self.slot.kind)
        }
        let root = try Self.verify(found, slot, identity, pin: nil)
        try watch?.compare(found)
        self.root = root
        self.slot = slot
        snapshot = found
    }
}

extension OpenedSlot {
    consuming func takeIdentity() -> Identity { identity }
}
