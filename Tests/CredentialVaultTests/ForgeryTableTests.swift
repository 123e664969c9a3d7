// @testable: a forger knows the format and the module's own primitives, but not the keys.
@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// SECURITY.md, Forged vaults: each attack on a machine that has an anchor, on one that pins the vault ID, and on one that
/// has neither. What a machine cannot notice opens: the stated limits.
@Suite("Forged vaults on three machines")
struct ForgeryTableTests {
    enum Attack: String, CaseIterable, Sendable {
        /// A vault of the attacker's own, wrapped to the machine's public key.
        case ownVault
        /// The same with the victim's vault ID and lineage copied, or with the ID alone.
        case ownRootVictimsLineage, ownRootVictimsID
        /// A former key holder goes on from the old root with a root of their own: as long a lineage, or a longer one.
        case fork, longerFork
        /// The same towards a machine that was last used before the holder was removed.
        case forkUnseen
        /// An older file with its epoch raised above all others by somebody without a key.
        case raisedEpoch
        /// A whole older file.
        case rollback, rollbackOverRotation
    }

    enum Machine: String, CaseIterable, Sendable { case anchored, pinned, bare }

    /// nil: it opens.
    private static func expected(_ attack: Attack, _ machine: Machine, found: VaultID) -> VaultError
        .Tampering?
    {
        switch (attack, machine) {
        case (.ownVault, .bare): nil
        case (.ownVault, .anchored), (.ownVault, .pinned): .anotherVault(found: found)
        case (.ownRootVictimsLineage, _): .root
        case (.ownRootVictimsID, _): .lineage
        case (.fork, .anchored), (.longerFork, .anchored): .rollback(.foreignLineage)
        case (.fork, _), (.longerFork, _), (.forkUnseen, _): nil
        case (.raisedEpoch, _): .manifest
        case (.rollback, .anchored): .rollback(.olderEpoch)
        case (.rollbackOverRotation, .anchored): .rollback(.olderGeneration)
        case (.rollback, _), (.rollbackOverRotation, _): nil
        }
    }

    @Test("refused or opened as the table says", arguments: Attack.allCases, Machine.allCases)
    func table(_ attack: Attack, _ machine: Machine) throws {
        let (vault, anchors) = (try VaultFixture.copy(), try AnchorFixture())
        let pin = try vault.header.id
        let options =
            switch machine {
            case .anchored: anchors.options
            case .pinned: UnlockOptions(pin: pin)
            case .bare: UnlockOptions()
            }
        let old = vault.whole()
        try vault.opens(options)
        try live(vault, attack, options)
        try forge(vault, attack, old)
        let before = (vault.bytes(), anchors.bytes())
        switch Self.expected(attack, machine, found: try vault.header.id) {
        case .none: try vault.opens(options)
        case .some(let tampering):
            #expect(throws: VaultError.tampered(tampering)) { try vault.opens(options) }
            #expect(vault.bytes() == before.0 && anchors.bytes() == before.1, "changes nothing")
        }
    }

    @Test("a passphrase does not open what was not wrapped from it", arguments: [Attack.ownVault])
    func passphrase(_ attack: Attack) throws {
        let vault = try VaultFixture.copy()
        try forge(vault, attack, vault.whole())
        #expect(throws: VaultError.wrongKey(.passphrase)) {
            try vault.unlockWithPassphrase { (_) throws(VaultError) in }
        }
    }

    /// What the honest owner does between the old copy and the attack.
    private func live(_ vault: VaultFixture, _ attack: Attack, _ options: UnlockOptions) throws {
        switch attack {
        case .fork, .longerFork, .rollbackOverRotation: try vault.rotate(options)
        case .forkUnseen: try vault.rotate()
        case .ownVault, .ownRootVictimsLineage, .ownRootVictimsID, .raisedEpoch, .rollback:
            for _ in 1...3 { try vault.writeOnce(options) }
        }
    }

    private func forge(_ vault: VaultFixture, _ attack: Attack, _ old: Data) throws {
        switch attack {
        case .ownVault:
            let victim = try vault.identity().publicKey
            for file in try vault.files() { unlink(vault.folder + "/" + file) }
            _ = try Vault.create(
                at: vault.path, slot: .machine(publicKey: victim), label: "cron", now: VaultFixture.now)
        case .ownRootVictimsLineage: try ownRoot(vault, keepingLineage: true)
        case .ownRootVictimsID: try ownRoot(vault, keepingLineage: false)
        case .fork, .forkUnseen:
            try vault.put(old)
            try vault.rotate()
        case .longerFork:
            try vault.put(old)
            for _ in 1...3 { try vault.rotate() }
            for _ in 1...20 { try vault.writeOnce() }
        case .raisedEpoch:
            try vault.put(old)
            try vault.tamper(fixingContent: true) { try $0.execute("UPDATE vault SET epoch = 1000000") }
        case .rollback, .rollbackOverRotation: try vault.put(old)
        }
    }

    /// The attacker's root under the victim's ID, wrapped to every enrolled key, with a manifest that fits.
    private func ownRoot(_ vault: VaultFixture, keepingLineage: Bool) throws {
        let victim = try vault.header
        let root = try RootKey.derive(Random.secret(32), vault: victim.id, generation: 1)
        try vault.tamper { database in
            for row in try Snapshot.read(database).slots {
                var forged = row
                try Slot.wrap(root.secret, into: &forged, vault: victim.id, generation: 1)
                try database.update(.slot, forged.values)
            }
            if !keepingLineage {
                try database.update(
                    .lineage,
                    LineageRow(generation: 1, rootPublic: root.lineage.publicKey, signature: nil).values)
            }
            try VaultFixture.fixContent(database)
            var snapshot = try Snapshot.read(database)
            snapshot.header.epoch += 1
            let content = try snapshot.content()
            snapshot.manifest = try root.manifest(of: snapshot, content: content)
            try database.updateHeader(snapshot.headerValues(content: content, manifest: snapshot.manifest))
        }
    }
}
