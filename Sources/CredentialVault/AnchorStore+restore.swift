private import Glibc

extension AnchorStore {
    /// What this machine knows that bears on a copy which is to be restored.
    package struct Restoring: Equatable, Sendable {
        /// The vault that stood at the place, where it is another than the copy's.
        package let otherVault: VaultID?
        /// How the copy falls behind, or beside, what was seen of its vault; nil: it does not. An older epoch of the
        /// same root key is what a backup is, and is none.
        package let rollback: Rollback?
        /// The highest epoch that was seen; 0: none was.
        package let newestEpoch: Int64
    }

    /// Throws `anchor`.
    package func judge(_ copy: LockedVault, at place: String) throws(VaultError) -> Restoring {
        let table = try load()
        let real = try FileRules.resolve(place)
        let anchor = table.anchors[copy.header.id]
        let known = table.paths[real]
        return Restoring(
            otherVault: known == copy.header.id ? nil : known, rollback: anchor.flatMap { copy.behind($0) },
            newestEpoch: anchor?.newest ?? 0)
    }

    /// Whether the folder, or the nearest one above it that there is, lets this user write.
    package var canBeKept: Bool {
        guard var folder else { return false }
        while unsafe access(folder, F_OK) != 0, folder != "/", folder != "." {
            folder = FileRules.split(folder).folder
        }
        return unsafe access(folder, W_OK | X_OK) == 0
    }

    /// Keeps a restored vault as what was seen last, whatever was seen before. Called once it stands at its place.
    ///
    /// Throws `anchor`, `busy`, `system`: the vault is restored all the same, and the next unlock asks for
    /// `acceptRollback` where it is of an older generation.
    package func keepRestored(at place: String) throws(VaultError) {
        let real = try FileRules.check(place)
        let found = try Snapshot.read(Database(at: real, .readOnly))
        try update { table in
            guard let anchor = Anchor(of: found, newest: table.anchors[found.header.id]?.newest ?? 0) else {
                return
            }
            table.keep(anchor)
            table.keep(found.header.id, at: real)
        }
    }
}

extension LockedVault {
    fileprivate func behind(_ anchor: Anchor) -> Rollback? {
        guard header.generation >= anchor.generation else { return .olderGeneration }
        return rootPublics[Int(anchor.generation) - 1] == anchor.rootPublic ? nil : .foreignLineage
    }

    /// The same of what stands at the place.
    package func behind(_ standing: LockedVault) -> Rollback? {
        guard header.generation >= standing.header.generation else { return .olderGeneration }
        return rootPublics.starts(with: standing.rootPublics) ? nil : .foreignLineage
    }

    /// Labels of the slots that open this one and not the other: keys that were removed or changed since.
    package func readmitted(beside standing: LockedVault) -> [String] {
        let enrolled = Set(standing.slots.map(\.publicKey))
        return slots.filter { !enrolled.contains($0.publicKey) }.map(\.label).sorted()
    }
}
