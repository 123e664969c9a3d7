@testable import CredentialVault
import Foundation
import Testing

@Suite("A file at its limit")
struct FileSizeTests {
    /// A vault of exactly 1 GiB, most of it a hole that no table reaches.
    private func full() throws -> VaultFixture {
        let fixture = try VaultFixture.copy()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: fixture.path))
        defer { try? file.close() }
        try file.seek(toOffset: 16)
        let size = try #require(try file.read(upToCount: 2)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // SQLite's header: the number of pages stands at 28, big-endian.
        let pages = UInt32(UInt64(Limits.file) / size)
        try file.seek(toOffset: 28)
        try file.write(contentsOf: withUnsafeBytes(of: pages.bigEndian) { Data($0) })
        try file.truncate(atOffset: UInt64(Limits.file))
        return fixture
    }

    @Test("a change that would make it longer is refused; the vault opens and takes what needs no more room")
    func refused() throws {
        let fixture = try full()
        try fixture.unlock { (vault) throws(VaultError) in
            let (app, epoch) = (vault.apps[0].id, vault.header.epoch)
            #expect(throws: VaultError.limit(.fileSize)) {
                try VaultFixture.addConnection("one-too-many", app, to: &vault)
            }
            #expect(vault.header.epoch == epoch)
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            try vault.verify()
        }
        try fixture.unlock { (vault) throws(VaultError) in
            #expect(vault.connection(named: "one-too-many") == nil)
        }
    }

    @Test("the -wal that a rotation of the longest file leaves when it is killed is no damage")
    func wal() throws {
        // 24 bytes for each page of 512, 32 for the whole.
        #expect(Limits.wal >= Limits.file / 512 * (512 + 24) + 32)
        let fixture = try VaultFixture.copy()
        let wal = fixture.path + "-wal"
        _ = FileManager.default.createFile(
            atPath: wal, contents: Data(), attributes: [.posixPermissions: 0o600])
        #expect(truncate(wal, off_t(Limits.wal)) == 0)
        _ = try FileRules.check(fixture.path)
    }
}
