@testable import CredentialVault
import Foundation
import Testing

@Suite("What a vault may stand on")
struct FileRulesTests {
    private func refusal(_ fixture: VaultFixture, at path: String? = nil) -> VaultError? {
        do {
            _ = try Vault.readLocked(at: path ?? fixture.path)
            return nil
        } catch { return error }
    }

    @Test("a vault that is not there")
    func missing() throws {
        let fixture = try VaultFixture.copy()
        #expect(
            refusal(fixture, at: fixture.folder + "/none.db") == .noVault(path: fixture.folder + "/none.db"))
        #expect(
            refusal(fixture, at: fixture.folder + "/no/vault.db")
                == .noVault(path: fixture.folder + "/no/vault.db"))
    }

    @Test("a folder, a pipe, a symbolic link, a second name")
    func kinds() throws {
        let fixture = try VaultFixture.copy()
        let other = fixture.folder + "/other"
        #expect(mkdir(other, 0o700) == 0)
        #expect(refusal(fixture, at: other) == .refusedFile(path: other, .folder))
        #expect(rmdir(other) == 0)
        #expect(mkfifo(other, 0o600) == 0)
        #expect(refusal(fixture, at: other) == .refusedFile(path: other, .notRegular))
        #expect(unlink(other) == 0)
        #expect(symlink(fixture.path, other) == 0)
        #expect(refusal(fixture, at: other) == .refusedFile(path: other, .symbolicLink))
        #expect(unlink(other) == 0)
        #expect(link(fixture.path, other) == 0)
        #expect(refusal(fixture) == .refusedFile(path: fixture.path, .hardLinks))
    }

    @Test(
        "group or world bits on the file, a companion or the folder", arguments: [0o640, 0o604, 0o660, 0o610])
    func modes(mode: Int) throws {
        let fixture = try VaultFixture.copy()
        #expect(chmod(fixture.path, mode_t(mode)) == 0)
        #expect(refusal(fixture) == .refusedFile(path: fixture.path, .wideMode))
        #expect(chmod(fixture.path, 0o600) == 0)
        _ = FileManager.default.createFile(atPath: fixture.path + "-wal", contents: Data())
        #expect(chmod(fixture.path + "-wal", mode_t(mode)) == 0)
        #expect(refusal(fixture) == .refusedFile(path: fixture.path + "-wal", .wideMode))
        #expect(chmod(fixture.path + "-wal", 0o600) == 0)
        #expect(chmod(fixture.folder, mode_t(mode | 0o100)) == 0)
        let real = try FileRules.resolve(fixture.path)
        #expect(refusal(fixture) == .refusedFile(path: FileRules.split(real).folder, .folderWideMode))
    }

    @Test("text, an empty file and a foreign database are damage, not a crash")
    func notVaults() throws {
        let fixture = try VaultFixture.copy()
        for bytes in [
            Data(),
            Data("not a database, longer than the hundred bytes of a header, surely so, and on and on".utf8),
            fixture.bytes()[0].prefix(2_000),
        ] {
            try bytes.write(to: URL(fileURLWithPath: fixture.path))
            #expect(chmod(fixture.path, 0o600) == 0)
            let error = refusal(fixture)
            guard case .damaged = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }
}

@Suite("Locks")
struct VaultLocksTests {
    @Test("a connection is held by one, two connections by two, the vault shared by both")
    func connections() throws {
        let fixture = try VaultFixture.copy()
        let (one, two) = (
            RowID(bytes: Array(repeating: 1, count: 16))!, RowID(bytes: Array(repeating: 2, count: 16))!
        )
        let first = try VaultLocks.shared(beside: fixture.path, wait: 0)
        let second = try VaultLocks.shared(beside: fixture.path, wait: 0)
        try first.lock(connection: one, wait: 0)
        try second.lock(connection: two, wait: 0)
        #expect(throws: VaultError.self) { try second.lock(connection: one, wait: 0) }
        first.unlock(connection: one)
        try second.lock(connection: one, wait: 0)
        #expect(throws: VaultError.self) { _ = try VaultLocks.exclusive(beside: fixture.path, wait: 0) }
    }

    @Test("a lock file that is no file of ours is refused, and nothing waits on a pipe")
    func lockFile() throws {
        let fixture = try VaultFixture.copy()
        let path = try FileRules.resolve(fixture.path) + ".lock"
        func refusal() -> VaultError? {
            do { _ = try VaultLocks.shared(beside: fixture.path, wait: 0) } catch { return error }
            return nil
        }
        #expect(mkfifo(path, 0o600) == 0)
        #expect(refusal() == .refusedFile(path: path, .notRegular))
        unlink(path)
        #expect(symlink(fixture.path, path) == 0)
        #expect(refusal() == .refusedFile(path: path, .symbolicLink))
        unlink(path)
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(), attributes: [.posixPermissions: 0o660])
        #expect(refusal() == .refusedFile(path: path, .wideMode))
    }

    @Test("a lock file that was replaced locks nothing")
    func replaced() throws {
        let fixture = try VaultFixture.copy()
        let path = try FileRules.resolve(fixture.path) + ".lock"
        let locks = try VaultLocks.shared(beside: fixture.path, wait: 0)
        unlink(path)
        let one = RowID(bytes: Array(repeating: 1, count: 16))!
        #expect(throws: VaultError.refusedFile(path: path, .lockReplaced)) {
            try locks.lock(connection: one, wait: 0)
        }
        let later = try VaultLocks.exclusive(beside: fixture.path, wait: 0)
        #expect(throws: VaultError.refusedFile(path: path, .lockReplaced)) {
            try locks.lock(connection: one, wait: 0)
        }
        _ = consume later
    }

    @Test("they go with the value that holds them")
    func released() throws {
        let fixture = try VaultFixture.copy()
        do { _ = try VaultLocks.exclusive(beside: fixture.path, wait: 0) }
        _ = try VaultLocks.shared(beside: fixture.path, wait: 0)
    }
}
