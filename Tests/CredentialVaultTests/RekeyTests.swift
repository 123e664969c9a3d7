@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// FORMAT, P4 and P5: after a removed, changed or rotated key, what opens and what does not. `fixture` is the new file,
/// `old` the former one, as someone kept it.
@Suite("After remove, change and rotate")
struct RekeyTests {
    static let newPassphrase = "a different passphrase"

    /// The former file, kept by whoever held a key.
    private func kept(_ fixture: VaultFixture) throws -> VaultFixture {
        try fixture.unlock { (vault) throws(VaultError) in
            // What is in the -wal belongs to the file that is copied.
            try vault.database.dropFormerPages()
        }
        return try fixture.duplicate()
    }

    private func opensByMachine(_ fixture: VaultFixture) -> Answer { fixture.answer(passphrase: false) }

    private func opensByPassphrase(_ fixture: VaultFixture, _ passphrase: String) throws -> Bool {
        do {
            try fixture.unlockWithPassphrase(passphrase) { (vault) throws(VaultError) in try vault.verify() }
            return true
        } catch VaultError.wrongKey(.passphrase) { return false }
    }

    @Test("remove: the removed machine opens the old file and not the new one; the passphrase opens both")
    func removedMachine() throws {
        let fixture = try VaultFixture.copy()
        let old = try kept(fixture)
        try fixture.unlockWithPassphrase { (vault) throws(VaultError) in
            _ = try vault.rekey(.remove(label: "cron"), now: VaultFixture.now)
            #expect(vault.slots.map(\.label) == ["owner"])
        }
        #expect(opensByMachine(old) == .success)
        #expect(opensByMachine(fixture) == .wrongKey)
        #expect(try opensByPassphrase(fixture, VaultFixture.passphrase))
        #expect(try opensByPassphrase(old, VaultFixture.passphrase))
    }

    @Test("remove: the removed passphrase opens the old file and not the new one; the machine opens both")
    func removedPassphrase() throws {
        let fixture = try VaultFixture.copy()
        let old = try kept(fixture)
        try fixture.unlock { (vault) throws(VaultError) in
            _ = try vault.rekey(.remove(label: "owner"), now: VaultFixture.now)
        }
        #expect(try opensByPassphrase(old, VaultFixture.passphrase))
        #expect(try !opensByPassphrase(fixture, VaultFixture.passphrase))
        #expect(opensByMachine(fixture) == .success)
        #expect(opensByMachine(old) == .success)
    }

    @Test("remove by the removed key itself: it opens nothing afterwards; the passphrase does")
    func removedItself() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            _ = try vault.rekey(.remove(label: "cron"), now: VaultFixture.now)
            // Still open, and says who it was.
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            #expect(vault.slot.label == "cron")
        }
        #expect(opensByMachine(fixture) == .wrongKey)
        #expect(try opensByPassphrase(fixture, VaultFixture.passphrase))
    }

    @Test("change: the old passphrase opens the old file and not the new one; the new one and the machine do")
    func changedPassphrase() throws {
        let fixture = try VaultFixture.copy()
        let old = try kept(fixture)
        let before = try #require(Vault.readLocked(at: fixture.path).slots.first { $0.label == "owner" })
        try fixture.unlockWithPassphrase { (vault) throws(VaultError) in
            let slot = NewSlot.passphrase(VaultFixture.secret(Self.newPassphrase), logN: 16)
            _ = try vault.rekey(.change(label: "owner", slot), now: VaultFixture.now + 9)
            // Tried through the new slot before COMMIT, and in hand from then on.
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
        }
        #expect(try opensByPassphrase(fixture, Self.newPassphrase))
        #expect(try !opensByPassphrase(fixture, VaultFixture.passphrase))
        #expect(try opensByPassphrase(old, VaultFixture.passphrase))
        #expect(try !opensByPassphrase(old, Self.newPassphrase))
        #expect(opensByMachine(fixture) == .success)
        let after = try #require(Vault.readLocked(at: fixture.path).slots.first { $0.label == "owner" })
        #expect(after.id == before.id)
        #expect(after.publicKey != before.publicKey)
        #expect(after.kdf?.salt != before.kdf?.salt)
        #expect(after.kdf?.logN == 16)
        #expect(after.createdAt == VaultFixture.now + 9)
    }

    @Test("change to the same passphrase is a new identity all the same")
    func samePassphrase() throws {
        let fixture = try VaultFixture.copy()
        let before = try Vault.readLocked(at: fixture.path).slots.map(\.publicKey)
        try fixture.unlock { (vault) throws(VaultError) in
            let slot = NewSlot.passphrase(VaultFixture.secret(VaultFixture.passphrase), logN: 15)
            _ = try vault.rekey(.change(label: "owner", slot), now: VaultFixture.now)
        }
        let after = try Vault.readLocked(at: fixture.path).slots.map(\.publicKey)
        #expect(Set(before).intersection(after) == [try fixture.identity().publicKey])
        #expect(try opensByPassphrase(fixture, VaultFixture.passphrase))
    }

    @Test("change of a machine to another machine, by a third key and by itself", arguments: [true, false])
    func changedMachine(byItself: Bool) throws {
        let fixture = try VaultFixture.copy()
        let other = try Identity.generate()
        let publicKey = other.publicKey
        func change(_ vault: inout OpenVault) throws(VaultError) {
            _ = try vault.rekey(
                .change(label: "cron", .machine(publicKey: publicKey)), now: VaultFixture.now)
        }
        if byItself {
            try fixture.unlock { (vault) throws(VaultError) in try change(&vault) }
        } else {
            try fixture.unlockWithPassphrase { (vault) throws(VaultError) in try change(&vault) }
        }
        #expect(opensByMachine(fixture) == .wrongKey)
        try Vault.withUnlocked(at: fixture.path, with: .machine(other)) { (vault) throws(VaultError) in
            try vault.verify()
            #expect(vault.slot.label == "cron")
        }
    }

    @Test("rotate: every key goes on, in the new file and the old; no key's secret is needed but one's")
    func rotated() throws {
        let fixture = try VaultFixture.copy()
        let old = try kept(fixture)
        let before = try Vault.readLocked(at: fixture.path)
        try fixture.unlock { (vault) throws(VaultError) in
            #expect(try vault.rekey(.rotate, now: VaultFixture.now) == .done)
        }
        #expect(opensByMachine(fixture) == .success)
        #expect(opensByMachine(old) == .success)
        #expect(try opensByPassphrase(fixture, VaultFixture.passphrase))
        let after = try Vault.readLocked(at: fixture.path)
        #expect(after.header.generation == before.header.generation + 1)
        #expect(after.header.epoch == before.header.epoch + 1)
        for (new, former) in zip(after.slots, before.slots) {
            var expected = former
            #expect(new.wrappedRoot != former.wrappedRoot)
            expected.wrappedRoot = new.wrappedRoot
            #expect(new == expected)
        }
        #expect(after.apps == before.apps)
        #expect(after.connections == before.connections)
    }

    @Test("all secrets come through a rotation, and the journal's chain goes on from where it was")
    func secretsStay() throws {
        let fixture = try VaultFixture.copy()
        let chain = try fixture.unlock { (vault) throws(VaultError) in vault.snapshot.journal.newestChain }
        try fixture.unlock { (vault) throws(VaultError) in
            _ = try vault.rekey(.rotate, now: VaultFixture.now)
        }
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.verify()
            for row in vault.connections {
                let secrets = try vault.secrets(of: row)
                #expect(VaultFixture.text(secrets.accessToken) == "access-token-of-" + row.name)
                #expect(VaultFixture.text(secrets.refreshToken) == "refresh-token-of-" + row.name)
                #expect(VaultFixture.text(secrets.account) == "account-of-" + row.name)
            }
            let app = try vault.secrets(of: vault.apps[0])
            #expect(VaultFixture.text(app.clientSecret) == "client-secret-of-agency")
            let seq = vault.snapshot.journal.nextSeq - 1
            guard let event = try Journal.read(seq, in: vault.database) else { throw .damaged(.content) }
            #expect(event.operation == .keyRotate)
            let next = try Journal.chain(after: chain, event, vault: vault.header.id)
            #expect(next == vault.snapshot.journal.newestChain)
        }
    }

    @Test("what a former holder has in hand opens no row, no slot and no manifest of the new file")
    func formerHolder() throws {
        let fixture = try VaultFixture.copy()
        let old = try kept(fixture)
        try fixture.unlockWithPassphrase { (vault) throws(VaultError) in
            _ = try vault.rekey(.remove(label: "cron"), now: VaultFixture.now)
        }
        let new = try Snapshot.read(Database(at: fixture.path, .readOnly))
        let bodies = try fixture.bodies()
        let removed = try fixture.identity()
        // The old root, as the removed key still finds it in the old file.
        try old.unlock { (vault) throws(VaultError) in
            for generation in 1...2 as ClosedRange<Int64> {
                let header = VaultHeader(
                    id: new.header.id, generation: generation, epoch: 1, createdAt: 0)
                let secret: SecretBytes
                do throws(SecretsError) { secret = try vault.root.secret.copy() } catch {
                    throw VaultError.secrets(error)
                }
                let root = try RootKey.derive(secret, vault: new.header.id, generation: generation)
                for (kept, body) in zip(new.connections, bodies) {
                    let context = kept.row.sealingContext(header.id, generation)
                    #expect(throws: SecretsError.commitmentMismatch) {
                        _ = try Cobblestone.open(
                            head: kept.head, body: body, key: root.seal, context: context)
                    }
                }
                #expect(try root.manifest(of: new, content: new.content()) != new.manifest)
                #expect(root.lineage.publicKey != new.lineage.last?.rootPublic || generation == 1)
            }
        }
        for slot in new.slots {
            var posing = slot
            posing.publicKey = removed.publicKey
            #expect(throws: VaultError.tampered(.slot)) {
                _ = try Slot.unwrap(posing, with: removed, vault: new.header.id, generation: 2)
            }
        }
    }

    @Test("no head, body or wrapped root of the former generation is left in the file or its -wal")
    func nothingLeft() throws {
        let fixture = try VaultFixture.copy()
        let former = try Snapshot.read(Database(at: fixture.path, .readOnly))
        let bodies = try fixture.bodies()
        try fixture.unlock { (vault) throws(VaultError) in
            #expect(try vault.rekey(.rotate, now: VaultFixture.now) == .done)
        }
        let files = fixture.bytes()
        // The search finds what is there.
        let now = try Snapshot.read(Database(at: fixture.path, .readOnly))
        #expect(files.contains { $0.range(of: Data(now.connections[0].head)) != nil })
        let gone =
            former.connections.map(\.head) + former.apps.map(\.head) + former.slots.map(\.wrappedRoot)
            + bodies.map { Array($0.prefix(64)) }
        for secret in gone {
            #expect(!files.contains { $0.range(of: Data(secret)) != nil })
        }
        #expect(try fixture.files().allSatisfy { !$0.contains("etilqs") })
    }

    @Test(
        "the last slot is never removed, an unknown one is no slot, and a present key is not enrolled twice")
    func refused() throws {
        let fixture = try VaultFixture.copy()
        let own = try fixture.identity().publicKey
        try fixture.unlock { (vault) throws(VaultError) in
            _ = try vault.rekey(.remove(label: "owner"), now: VaultFixture.now)
        }
        let before = fixture.bytes()
        func fails(_ expected: VaultError, _ rekeying: consuming sending Rekeying) throws {
            var rekeying = Optional(rekeying)
            #expect(throws: expected) {
                try fixture.unlock { (vault) throws(VaultError) in
                    _ = try vault.rekey(rekeying.take() ?? .rotate, now: VaultFixture.now)
                }
            }
        }
        try fails(.lastSlot(label: "cron"), .remove(label: "cron"))
        try fails(.noSlot(label: "laptop"), .remove(label: "laptop"))
        try fails(.noSlot(label: "laptop"), .change(label: "laptop", .machine(publicKey: own)))
        try fails(.publicKeyTaken(label: "cron"), .change(label: "cron", .machine(publicKey: own)))
        #expect(fixture.bytes() == before)
    }

    @Test("a row that does not open ends a rotation and changes nothing")
    func damagedRow() throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper { database in
            try database.execute(
                "UPDATE connection SET body = zeroblob(length(body)) WHERE name >= 'member-2'")
        }
        let before = fixture.bytes()
        #expect(throws: VaultError.tampered(.row(.connection, name: "member-2"))) {
            try fixture.unlock { (vault) throws(VaultError) in
                _ = try vault.rekey(.rotate, now: VaultFixture.now)
            }
        }
        #expect(fixture.bytes() == before)
    }

    @Test("1,000 generations and no more")
    func generations() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            var former = vault.snapshot
            former.header.generation = 999
            _ = try NextGeneration.begin(after: former, epoch: 2, signedBy: vault.root)
            former.header.generation = 1_000
            #expect(throws: VaultError.limit(.generations)) {
                _ = try NextGeneration.begin(after: former, epoch: 2, signedBy: vault.root)
            }
        }
    }

    @Test("a process that was open before a rotation goes on under the new root")
    func waiting() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (waiting) throws(VaultError) in
            do {
                try fixture.unlockWithPassphrase { (vault) throws(VaultError) in
                    _ = try vault.rekey(.rotate, now: VaultFixture.now)
                }
            } catch { Issue.record(error) }
            try waiting.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            #expect(waiting.header.generation == 2)
            try waiting.verify()
        }
        #expect(opensByMachine(fixture) == .success)
    }

    @Test(
        "one whose key was removed or changed meanwhile is refused and changes nothing",
        arguments: [true, false])
    func waitingInVain(removed: Bool) throws {
        let fixture = try VaultFixture.copy()
        let other = try Identity.generate().publicKey
        try fixture.unlock { (waiting) throws(VaultError) in
            do {
                try fixture.unlockWithPassphrase { (vault) throws(VaultError) in
                    if removed {
                        _ = try vault.rekey(.remove(label: "cron"), now: VaultFixture.now)
                    } else {
                        _ = try vault.rekey(
                            .change(label: "cron", .machine(publicKey: other)), now: VaultFixture.now)
                    }
                }
            } catch { Issue.record(error) }
            let before = fixture.bytes()
            #expect(throws: VaultError.wrongKey(.machine)) {
                try waiting.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            }
            #expect(fixture.bytes() == before)
        }
    }

    @Test("progress is told to the last row")
    func progress() throws {
        let fixture = try VaultFixture(rows: 130)
        var told: [[Int]] = []
        try fixture.unlock { (vault) throws(VaultError) in
            _ = try vault.rekey(.rotate, now: VaultFixture.now) { told.append([$0, $1]) }
        }
        #expect(told == [[1, 131], [65, 131], [129, 131], [131, 131]])
    }

    @Test("a slot is renamed and still opens; a taken or empty label is refused")
    func renamed() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.commit(
                .renameSlot("cron", to: "night"), Event(.keyRename, .ok), now: VaultFixture.now)
            #expect(throws: VaultError.nameTaken(.slot, "owner")) {
                try vault.commit(
                    .renameSlot("night", to: "owner"), Event(.keyRename, .ok), now: VaultFixture.now)
            }
            #expect(throws: VaultError.invalidText(.slot, column: "label")) {
                try vault.commit(
                    .renameSlot("night", to: ""), Event(.keyRename, .ok), now: VaultFixture.now)
            }
            #expect(throws: VaultError.noSlot(label: "cron")) {
                try vault.commit(
                    .renameSlot("cron", to: "day"), Event(.keyRename, .ok), now: VaultFixture.now)
            }
        }
        try fixture.unlock(UnlockOptions(slot: "night")) { (vault) throws(VaultError) in
            try vault.verify()
            #expect(vault.slot.label == "night")
        }
    }
}

extension VaultFixture {
    /// Another folder with the same file: what someone copied.
    func duplicate() throws -> VaultFixture {
        try VaultFixture(copying: #require(FileManager.default.contents(atPath: path)))
    }

    /// Of all connections, by ID.
    func bodies() throws -> [[UInt8]] {
        let statement = try Database(at: path, .readOnly).prepare(
            "SELECT body FROM connection ORDER BY connection_id")
        var bodies: [[UInt8]] = []
        while try statement.step() {
            guard case .blob(let body) = statement.value(at: 0) else { continue }
            bodies.append(body)
        }
        return bodies
    }
}
