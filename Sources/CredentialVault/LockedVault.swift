/// What stands in the clear columns. It has passed the keyless checks and is unverified: whoever can write the
/// file can write this (FORMAT.md P7).
package struct LockedVault: Equatable, Sendable {
    package let header: VaultHeader
    package let slots: [SlotRow]
    package let apps: [AppRow]
    package let connections: [ConnectionRow]
    /// How many events the journal holds.
    package let events: Int64
    /// Public halves of the root keys' lineage, generation 1 first; 32 bytes each.
    package let rootPublics: [[UInt8]]

    package func app(named name: String) -> AppRow? { apps.first { $0.name.hasSameBytes(as: name) } }
    package func connection(named name: String) -> ConnectionRow? {
        connections.first { $0.name.hasSameBytes(as: name) }
    }
}

extension Vault {
    /// Reads the clear columns without a key. Nothing is written, no lock is taken.
    ///
    /// Throws `noVault`, `refusedFile`, `damaged`, `newerFormat`, `busy` or `system`.
    package static func readLocked(at path: String) throws(VaultError) -> LockedVault {
        LockedVault(try Snapshot.read(Database(at: FileRules.check(path), .readOnly)))
    }
}

extension LockedVault {
    init(_ snapshot: Snapshot) {
        self.init(
            header: snapshot.header, slots: snapshot.slots, apps: snapshot.apps.map(\.row),
            connections: snapshot.connections.map(\.row), events: snapshot.journal.count,
            rootPublics: snapshot.lineage.map(\.rootPublic))
    }
}
