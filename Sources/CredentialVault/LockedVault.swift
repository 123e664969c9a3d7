/// What stands in the clear columns. It has passed the keyless checks and is unverified: whoever can write the
/// file can write this (FORMAT.md P7).
package struct LockedVault: Sendable {
    package let header: VaultHeader
    package let slots: [SlotRow]
    package let apps: [AppRow]
    package let connections: [ConnectionRow]

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
        let snapshot = try Snapshot.read(Database(at: FileRules.check(path), .readOnly))
        return LockedVault(
            header: snapshot.header, slots: snapshot.slots, apps: snapshot.apps.map(\.row),
            connections: snapshot.connections.map(\.row))
    }
}
