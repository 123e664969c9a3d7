@testable import CredentialVault
import Foundation
import Testing

@Suite("After a rotation: the former generation's pages")
struct TidyingTests {
    /// What is sealed under the generation that stands, as bytes to be looked for.
    private func sealed(_ fixture: VaultFixture) throws -> [Data] {
        let snapshot = try Snapshot.read(Database(at: fixture.path, .readOnly))
        return (snapshot.connections.map(\.head) + snapshot.slots.map(\.wrappedRoot)).map { Data($0) }
    }

    private func stands(_ sealed: [Data], in fixture: VaultFixture) -> Bool {
        let files = fixture.bytes()
        return sealed.contains { bytes in files.contains { $0.range(of: bytes) != nil } }
    }

    @Test("one who still reads keeps them; the new generation stands, and the next rotation ends them")
    func reader() throws {
        let fixture = try VaultFixture.copy()
        let former = try sealed(fixture)
        let reader = try Database(at: fixture.path, .readOnly)
        try reader.execute("BEGIN")
        let read = try Snapshot.readHeader(reader).0
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.database.execute("PRAGMA busy_timeout = 0")
            #expect(try vault.rekey(.rotate, now: VaultFixture.now) == .postponed(.busy(holder: nil)))
            #expect(vault.header.generation == 2)
            try vault.verify()
        }
        #expect(stands(former, in: fixture))
        #expect(try Snapshot.readHeader(reader).0 == read)
        try reader.execute("COMMIT")
        try fixture.unlock { (vault) throws(VaultError) in
            #expect(vault.header.generation == 2)
            #expect(try vault.rekey(.rotate, now: VaultFixture.now) == .done)
        }
        #expect(!stands(former, in: fixture))
        #expect(try stands(sealed(fixture), in: fixture))
    }

    @Test("free pages that another program left behind go too")
    func freePages() throws {
        let fixture = try VaultFixture.copy()
        let mark = [UInt8](repeating: 0xA7, count: 64)
        try fixture.tamper { database in
            try database.execute("PRAGMA secure_delete = 0")
            try database.execute("CREATE TABLE aside (bytes BLOB)")
            let insert = try database.prepare("INSERT INTO aside VALUES (?1)")
            for _ in 1...100 { try insert.runTouchingOne([.blob(mark)]) }
            try database.execute("DROP TABLE aside")
        }
        #expect(stands([Data(mark)], in: fixture))
        try fixture.unlock { (vault) throws(VaultError) in
            #expect(try vault.rekey(.rotate, now: VaultFixture.now) == .done)
        }
        #expect(!stands([Data(mark)], in: fixture))
    }

    @Test("nothing is attached and nothing temporary goes to a file but for them")
    func settings() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            #expect(try vault.rekey(.rotate, now: VaultFixture.now) == .done)
            let store = try vault.database.prepare("PRAGMA temp_store")
            #expect(try store.step() && store.value(at: 0) == .integer(2))
            store.reset()
            #expect(throws: VaultError.self) { try vault.database.execute("ATTACH ':memory:' AS other") }
        }
    }

    @Test("in use the -wal is written over from its start and not cut; the last who closes empties it")
    func writtenOver() throws {
        let fixture = try VaultFixture.copy()
        let wal = { () -> Int in
            var status = stat()
            return stat(fixture.path + "-wal", &status) == 0 ? Int(status.st_size) : -1
        }
        try fixture.unlock { (vault) throws(VaultError) in
            // More than SQLite's 1,000 pages, several times.
            var sizes: [Int] = []
            for number in 0..<1_200 {
                try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
                if number >= 600 { sizes.append(wal()) }
            }
            #expect(Set(sizes).count <= 3)
            #expect(sizes.allSatisfy { (2_000_000...4 << 20).contains($0) })
            try vault.verify()
        }
        #expect(wal() == 0)
    }
}
