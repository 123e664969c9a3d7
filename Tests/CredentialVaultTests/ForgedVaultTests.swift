@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// FORMAT, Lineage: HPKE does not say who wrapped, so a writer may wrap a root of their own to the public keys that
/// stand in the clear.
@Suite("A whole vault forged to the enrolled keys")
struct ForgedVaultTests {
    /// A vault made by someone who knows the machine's public key and nothing else, at the victim's path.
    private func replace(_ fixture: VaultFixture) throws -> VaultID {
        let victim = try fixture.identity().publicKey
        for file in try fixture.files() {
            try FileManager.default.removeItem(atPath: fixture.folder + "/" + file)
        }
        return try Vault.create(
            at: fixture.path, slot: .machine(publicKey: victim), label: "cron", now: VaultFixture.now
        ).id
    }

    @Test("with another ID: refused by the pin; the passphrase does not open it")
    func otherID() throws {
        let fixture = try VaultFixture.copy()
        let pin = try Vault.readLocked(at: fixture.path).header.id
        let forged = try replace(fixture)
        #expect(throws: VaultError.tampered(.anotherVault(found: forged))) {
            try fixture.unlock(UnlockOptions(pin: pin)) { (_) throws(VaultError) in }
        }
        #expect(fixture.answer(passphrase: true) == .wrongKey)
    }

    @Test("the stated limit: without a pin a machine opens it")
    func withoutPin() throws {
        let fixture = try VaultFixture.copy()
        _ = try replace(fixture)
        #expect(fixture.answer(passphrase: false) == .success)
    }

    @Test(
        "with the victim's ID: the root is not the lineage's, or the lineage not the ID's",
        arguments: [true, false])
    func victimsID(keepingLineage: Bool) throws {
        let fixture = try VaultFixture.copy()
        let victim = try Vault.readLocked(at: fixture.path).header
        let root = try RootKey.derive(Random.secret(32), vault: victim.id, generation: 1)
        try fixture.tamper { database in
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
            let content = try snapshot.content()
            snapshot.manifest = try root.manifest(of: snapshot, content: content)
            try database.updateHeader(snapshot.headerValues(content: content, manifest: snapshot.manifest))
        }
        #expect(throws: VaultError.tampered(keepingLineage ? .root : .lineage)) {
            try fixture.unlock { (_) throws(VaultError) in }
        }
        #expect(throws: VaultError.tampered(keepingLineage ? .root : .lineage)) {
            try fixture.unlockWithPassphrase { (_) throws(VaultError) in }
        }
    }

    @Test("the stated limit: a whole older file opens")
    func rollback() throws {
        let fixture = try VaultFixture.copy()
        let old = fixture.bytes()[0]
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
        }
        try FileManager.default.removeItem(atPath: fixture.path + "-wal")
        try FileManager.default.removeItem(atPath: fixture.path + "-shm")
        try old.write(to: URL(fileURLWithPath: fixture.path))
        #expect(chmod(fixture.path, 0o600) == 0)
        #expect(fixture.answer(passphrase: false) == .success)
    }
}
