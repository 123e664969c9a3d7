/// What this machine last saw of one vault, verified (FORMAT.md, Lineage).
package struct Anchor: Equatable, Sendable {
    package let vault: VaultID
    package let generation: Int64
    /// Ed25519, 32 bytes: the public half of that generation's lineage key.
    package let rootPublic: [UInt8]
    package let epoch: Int64
    /// 32 bytes.
    package let manifest: [UInt8]
    /// The highest epoch that was ever seen: `epoch`, or above it once an older file was accepted. The next write goes
    /// past it, so that no epoch is given twice. Never falls.
    package let newest: Int64
}

/// In what way a verified file is older than, or beside, what this machine saw of the same vault.
package enum Rollback: String, Equatable, Sendable, CaseIterable {
    case olderGeneration
    /// As many generations or more, but not the one that was seen: a fork by somebody who held a former root key.
    case foreignLineage
    case olderEpoch
    /// Two files were written on from one state.
    case sameEpochOtherManifest
}

extension Anchor {
    /// Of a whole that was verified. nil for a snapshot without lineage, which none is that passed the keyless checks.
    init?(of found: Snapshot, newest: Int64 = 0) {
        guard let last = found.lineage.last else { return nil }
        self.init(
            vault: found.header.id, generation: found.header.generation, rootPublic: last.rootPublic,
            epoch: found.header.epoch, manifest: found.manifest, newest: max(newest, found.header.epoch))
    }

    /// nil where the file is this state or comes after it.
    func judge(_ found: Snapshot) -> Rollback? {
        guard found.header.generation >= generation else { return .olderGeneration }
        guard found.lineage.contains(where: { $0.generation == generation && $0.rootPublic == rootPublic })
        else { return .foreignLineage }
        guard found.header.epoch >= epoch else { return .olderEpoch }
        guard found.header.epoch > epoch || found.manifest == manifest else { return .sameEpochOtherManifest }
        return nil
    }
}
