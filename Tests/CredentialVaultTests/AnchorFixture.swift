// @testable: a fixture's tests read the table itself, and play other processes that write it.
@testable import CredentialVault
import Foundation

/// A state folder of its own, as one machine has it.
final class AnchorFixture {
    let base: String
    /// Not made yet.
    var folder: String { base + "/state/advault" }
    var file: String { folder + "/anchor" }
    var store: AnchorStore { AnchorStore(folder: folder) }

    init() throws {
        base = NSTemporaryDirectory() + "advault-anchor-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: base, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: base) }

    var options: UnlockOptions { UnlockOptions(anchor: store) }
    var accepting: UnlockOptions { UnlockOptions(anchor: store, acceptRollback: true) }

    func bytes() -> Data? { FileManager.default.contents(atPath: file) }

    /// Which file it is: another one after each writing.
    func inode() -> UInt64 {
        var status = stat()
        return lstat(file, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    func anchor(of fixture: VaultFixture) throws -> Anchor? {
        try store.load().anchors[Vault.readLocked(at: fixture.path).header.id]
    }
}

extension VaultFixture {
    /// Opens with the machine key and does nothing.
    func opens(_ options: UnlockOptions = .init()) throws {
        try unlock(options) { (_) throws(VaultError) in }
    }

    /// One write.
    func writeOnce(_ options: UnlockOptions = .init()) throws {
        try unlock(options) { (vault) throws(VaultError) in
            try vault.commit(.note, Event(.test, .ok), now: Self.now)
        }
    }

    func rotate(_ options: UnlockOptions = .init()) throws {
        try unlock(options) { (vault) throws(VaultError) in _ = try vault.rekey(.rotate, now: Self.now) }
    }

    /// The whole vault as one file: every closing moves the -wal into it.
    func whole() -> Data {
        let wal = bytes()[1]
        precondition(wal.isEmpty, "something stands in the -wal")
        return bytes()[0]
    }

    /// Puts another whole file in the vault's place, as somebody does who can write the folder.
    func put(_ whole: Data, at place: String? = nil) throws {
        let place = place ?? path
        for companion in ["", "-wal", "-shm"] { unlink(place + companion) }
        guard
            FileManager.default.createFile(
                atPath: place, contents: whole, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
    }

    var header: VaultHeader { get throws { try Vault.readLocked(at: path).header } }
}
