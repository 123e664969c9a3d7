@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// FORMAT, Lineage: found by real path and by vault ID; compared after verification, written after commit, only forward.
@Suite("What a machine has seen of a vault", .timeLimit(.minutes(2)))
struct AnchorTests {
    private let vault: VaultFixture
    private let machine: AnchorFixture

    init() throws {
        vault = try VaultFixture.copy()
        machine = try AnchorFixture()
    }

    /// Refused, and neither the vault nor the anchor differs by a byte.
    private func expect(
        _ tampering: VaultError.Tampering, _ options: UnlockOptions, _ fixture: VaultFixture,
        _ place: SourceLocation = #_sourceLocation
    ) {
        let before = (fixture.bytes(), machine.bytes())
        #expect(throws: VaultError.tampered(tampering), sourceLocation: place) { try fixture.opens(options) }
        #expect(fixture.bytes() == before.0, sourceLocation: place)
        #expect(machine.bytes() == before.1, sourceLocation: place)
    }

    // MARK: Kept

    @Test("kept from the first verified read on, 0600 in a folder of 0700")
    func firstUse() throws {
        try vault.opens(machine.options)
        let (anchor, header) = (try #require(try machine.anchor(of: vault)), try vault.header)
        #expect(anchor.epoch == header.epoch && anchor.generation == 1 && anchor.newest == header.epoch)
        #expect(try machine.store.load().paths == [FileRules.resolve(vault.path): header.id])
        for (path, mode) in [(machine.file, mode_t(0o600)), (machine.folder, 0o700)] {
            var status = stat()
            #expect(lstat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == mode)
        }
    }

    @Test("not written when nothing is new; written after a commit, also when the closure throws")
    func written() throws {
        try vault.opens(machine.options)
        let first = machine.inode()
        try vault.opens(machine.options)
        #expect(machine.inode() == first)
        #expect(throws: VaultError.changedMeanwhile) {
            try vault.unlock(machine.options) { (vault) throws(VaultError) in
                try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
                throw .changedMeanwhile
            }
        }
        #expect(machine.inode() != first)
        #expect(try machine.anchor(of: vault)?.epoch == vault.header.epoch)
    }

    @Test("a vault that is made is known at once, at a path where another one was known too")
    func made() throws {
        try vault.opens(machine.options)
        let former = try vault.header.id
        for file in try vault.files() { unlink(vault.folder + "/" + file) }
        let publicKey = try vault.identity().publicKey
        let made = try Vault.create(
            at: vault.path, slot: .machine(publicKey: publicKey), label: "cron", now: VaultFixture.now,
            anchor: machine.store)
        #expect(try machine.store.load().paths.values.map(\.self) == [made.id])
        #expect(try machine.store.load().anchors[former] != nil)
        let inode = machine.inode()
        try vault.opens(machine.options)
        #expect(machine.inode() == inode, "the manifest that was written is the one that was kept")
    }

    @Test("a crash between commit and anchor leaves a lower anchor: harmless")
    func lowerAnchor() throws {
        try vault.opens(machine.options)
        try vault.writeOnce()
        try vault.rotate()
        try vault.opens(machine.options)
        let (anchor, header) = (try machine.anchor(of: vault), try vault.header)
        #expect(anchor?.epoch == header.epoch && anchor?.generation == 2)
    }

    // MARK: Refused

    @Test("a lower epoch")
    func olderEpoch() throws {
        let old = vault.whole()
        try vault.writeOnce(machine.options)
        try vault.put(old)
        expect(.rollback(.olderEpoch), machine.options, vault)
    }

    @Test("the same epoch with another manifest: two files written on from one state")
    func otherManifest() throws {
        let old = vault.whole()
        try vault.writeOnce()
        let other = vault.whole()
        try vault.put(old)
        try vault.unlock(machine.options) { (vault) throws(VaultError) in
            try vault.commit(.note, Event(.test, .failed), now: VaultFixture.now)
        }
        try vault.put(other)
        expect(.rollback(.sameEpochOtherManifest), machine.options, vault)
    }

    @Test("a lower generation, however high its epoch")
    func olderGeneration() throws {
        let old = vault.whole()
        try vault.rotate(machine.options)
        try vault.put(old)
        for _ in 1...3 { try vault.writeOnce() }
        expect(.rollback(.olderGeneration), machine.options, vault)
    }

    @Test("as many root keys or more, but not the one that was seen", arguments: [1, 2])
    func foreignLineage(rotations: Int) throws {
        let old = vault.whole()
        try vault.rotate(machine.options)
        try vault.put(old)
        for _ in 1...rotations { try vault.rotate() }
        expect(.rollback(.foreignLineage), machine.options, vault)
    }

    @Test("another vault at a known path: not to be accepted, but to be pinned or forgotten")
    func anotherVault() throws {
        try vault.opens(machine.options)
        let former = try vault.header.id
        let publicKey = try vault.identity().publicKey
        for file in try vault.files() { unlink(vault.folder + "/" + file) }
        let other = try Vault.create(
            at: vault.path, slot: .machine(publicKey: publicKey), label: "cron", now: VaultFixture.now)
        expect(.anotherVault(found: other.id), machine.options, vault)
        expect(.anotherVault(found: other.id), machine.accepting, vault)
        var pinned = machine.options
        pinned.pin = former
        expect(.anotherVault(found: other.id), pinned, vault)
        let kept = try #require(machine.bytes())

        pinned.pin = other.id
        try vault.opens(pinned)
        try vault.opens(machine.options)

        try kept.write(to: URL(fileURLWithPath: machine.file))
        chmod(machine.file, 0o600)
        expect(.anotherVault(found: other.id), machine.options, vault)
        let forgotten = try machine.store.forget(path: vault.path)
        #expect(forgotten.entries.map(\.vault) == [former] && forgotten.setAside == nil)
        #expect(forgotten.entries.first?.path == (try FileRules.resolve(vault.path)))
        #expect(try machine.store.load() == AnchorTable())
        try vault.opens(machine.options)
    }

    @Test("a pin says which vault, not how new")
    func pin() throws {
        let old = vault.whole()
        try vault.writeOnce(machine.options)
        try vault.put(old)
        let pin = try vault.header.id
        expect(.rollback(.olderEpoch), UnlockOptions(pin: pin, anchor: machine.store), vault)
    }

    @Test("by vault ID: an older copy at another path, and a vault that was moved")
    func otherPath() throws {
        let old = vault.whole()
        try vault.writeOnce(machine.options)
        let moved = try VaultFixture.copy()
        try moved.put(vault.whole())
        try moved.opens(machine.options)
        #expect(try machine.store.load().paths.count == 2)
        try moved.put(old)
        expect(.rollback(.olderEpoch), machine.options, moved)
    }

    @Test("by real path: a link to the folder is the same path")
    func realPath() throws {
        let link = machine.base + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: vault.folder)
        try Vault.withUnlocked(
            at: link + "/vault.db", with: .machine(vault.identity()), options: machine.options
        ) { (_) throws(VaultError) in }
        #expect(try machine.store.load().paths.keys.map(\.self) == [FileRules.resolve(vault.path)])
    }

    // MARK: Accepted

    @Test(
        "accepted once, by reading alone: opens from then on, and the next write goes past every epoch seen")
    func accepted() throws {
        let old = vault.whole()
        for _ in 1...5 { try vault.writeOnce(machine.options) }
        let (newer, newest) = (vault.whole(), try vault.header.epoch)
        try vault.put(old)
        let epoch = try vault.header.epoch
        #expect(epoch == newest - 5)
        try vault.opens(machine.accepting)
        var anchor = try #require(try machine.anchor(of: vault))
        #expect(anchor.epoch == epoch && anchor.newest == newest)
        try vault.opens(machine.options)
        try vault.writeOnce(machine.options)
        #expect(try vault.header.epoch == newest + 1)
        anchor = try #require(try machine.anchor(of: vault))
        #expect(anchor.epoch == newest + 1 && anchor.newest == newest + 1)
        let accepted = vault.whole()
        try vault.put(newer)
        expect(.rollback(.olderEpoch), machine.options, vault)
        try vault.put(accepted)
        try vault.opens(machine.options)
    }

    @Test("accepted by a write, by a rotation; older root keys and other ones too")
    func acceptedWriting() throws {
        let old = vault.whole()
        try vault.rotate(machine.options)
        try vault.writeOnce(machine.options)
        let newest = try vault.header.epoch
        try vault.put(old)
        try vault.rotate(machine.accepting)
        let header = try vault.header
        #expect(header.epoch == newest + 1 && header.generation == 2)
        try vault.opens(machine.options)
        try vault.put(old)
        try vault.writeOnce(machine.accepting)
        #expect(try vault.header.epoch == newest + 2)
        try vault.opens(machine.options)
    }

    // MARK: Several processes

    @Test("what another process commits and keeps meanwhile is no rollback, and is not taken back")
    func othersMeanwhile() throws {
        try vault.unlock(machine.options) { (open) throws(VaultError) in
            do { for _ in 1...3 { try vault.writeOnce(machine.options) } } catch { Issue.record(error) }
            try open.verify()
            do { try vault.writeOnce(machine.options) } catch { Issue.record(error) }
            try open.refresh()
            do { try vault.writeOnce(machine.options) } catch { Issue.record(error) }
            try open.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            let written = try open.commitUnread(.note, Event(.test, .ok), VaultFixture.now)
            do { try vault.writeOnce(machine.options) } catch { Issue.record(error) }
            try open.readBack(written)
            // Kept by another, and unknown to this one.
            do { try vault.writeOnce(machine.options) } catch { Issue.record(error) }
        }
        #expect(try machine.anchor(of: vault)?.epoch == vault.header.epoch)
    }

    @Test("what another process wrote is compared too, with the anchors of that moment")
    func adopted() throws {
        let newer = VaultFixture.now
        try vault.opens(machine.options)
        try vault.unlock(machine.options) { (open) throws(VaultError) in
            do { try vault.writeOnce() } catch { Issue.record(error) }
            let ahead = Anchor(
                vault: open.header.id, generation: 1, rootPublic: open.snapshot.lineage[0].rootPublic,
                epoch: open.header.epoch + 5, manifest: open.snapshot.manifest, newest: open.header.epoch + 5)
            try machine.store.update { $0.keep(ahead) }
            #expect(throws: VaultError.tampered(.rollback(.olderEpoch))) { try open.refresh() }
            #expect(throws: VaultError.tampered(.rollback(.olderEpoch))) { try open.verify() }
            #expect(throws: VaultError.tampered(.rollback(.olderEpoch))) {
                try open.commit(.note, Event(.test, .ok), now: newer)
            }
        }
    }

    @Test("eight at once: the anchor ends as the file does")
    func atOnce() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...8 {
                let (path, machineKey, options) = (vault.path, vault.machine, machine.options)
                group.addTask {
                    for _ in 1...5 {
                        try Vault.withUnlocked(
                            at: path,
                            with: .machine(Identity(secret: SecretBytes(copying: machineKey.span.bytes))),
                            options: options
                        ) { (vault) throws(VaultError) in
                            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try machine.anchor(of: vault)?.epoch == vault.header.epoch)
    }

    // MARK: Forgotten

    @Test("a vault that is known elsewhere is not forgotten because a file says that it is that one")
    func forgetOne() throws {
        let other = try VaultFixture.copy()
        try vault.opens(machine.options)
        try other.opens(machine.options)
        let forgotten = try machine.store.forget(path: vault.path)
        #expect(forgotten.entries.map(\.path) == [try FileRules.resolve(vault.path)])
        #expect(try machine.anchor(of: other) != nil)
        #expect(try machine.store.forget(path: "/nowhere/vault.db").entries == [])
        #expect(try machine.store.forget(path: other.path).entries.count == 1)
        #expect(try machine.anchor(of: other) == nil)
    }
}
