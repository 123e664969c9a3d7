@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// What a writer of the file without a key can do to the process that reads it: end it, or keep it busy for ever.
@Suite("A file made to crash or to hold up its reader", .timeLimit(.minutes(1)))
struct HostileFileTests {
    private func refusal(_ fixture: VaultFixture) -> VaultError? {
        do {
            _ = try Vault.readLocked(at: fixture.path)
            return nil
        } catch { return error }
    }

    @Test("the newest event moved to the end of all numbers is damage, and no commit overflows")
    func newestEvent() throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper { database in
            try database.execute(
                "UPDATE event SET seq = \(Int64.max - 1) WHERE seq = (SELECT max(seq) FROM event)")
        }
        #expect(refusal(fixture) == .damaged(.limits))
        #expect(throws: VaultError.damaged(.limits)) {
            try fixture.unlock { (vault) throws(VaultError) in
                try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            }
        }
    }

    @Test("an epoch at the end of all numbers ends the commit, not the process")
    func epoch() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            var forged = vault.snapshot
            forged.header.epoch = Int64.max
            let content = try forged.content()
            let manifest = try vault.root.manifest(of: forged, content: content)
            try vault.database.updateHeader(forged.headerValues(content: content, manifest: manifest))
        }
        #expect(throws: VaultError.limit(.integer)) {
            try fixture.unlock { (vault) throws(VaultError) in
                try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            }
        }
    }

    @Test("a lineage of more rows than generations is refused at the first one too many")
    func lineage() throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper { database in
            try database.execute(
                """
                WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
                INSERT INTO lineage SELECT i, zeroblob(32), zeroblob(64) FROM n
                """)
            // Read before it: a file that ends in damage would be read whole without the limit.
            try database.execute("UPDATE lineage SET root_public = x'00' WHERE generation = 20000")
        }
        #expect(refusal(fixture) == .damaged(.limits))
    }

    @Test("a column that computes for ever is not asked")
    func computedColumn() throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper { database in
            try database.execute("DROP TABLE vault")
            try database.execute("CREATE TABLE vault (x INTEGER PRIMARY KEY)")
            try database.execute("INSERT INTO vault VALUES (1)")
            // Two quadratic searches, minutes each; the column is added last, since an INSERT computes it.
            let search = "hex(zeroblob(500000)) LIKE '%' || hex(zeroblob(20000)) || '1'"
            try database.execute("ALTER TABLE vault ADD COLUMN format AS (\(search) OR \(search))")
        }
        #expect(refusal(fixture) == .damaged(.schema))
    }

    @Test("a newer format is told apart although its tables are others")
    func newerFormat() throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper { database in
            try database.execute("DROP TABLE vault")
            try database.execute("CREATE TABLE more (x)")
            try database.execute("CREATE TABLE vault (\n    format INTEGER NOT NULL,\n    y TEXT\n) STRICT")
            try database.execute("INSERT INTO vault VALUES (2, 'y')")
        }
        #expect(refusal(fixture) == .newerFormat(2))
    }

    @Test("a schema without end is not read to its end")
    func schemaWithoutEnd() throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper { database in
            // Enough for an interior page.
            try database.transaction(.write) { () throws(VaultError) in
                for number in 0..<200 { try database.execute("CREATE TABLE t\(number) (a)") }
            }
        }
        try SchemaTree.multiply(at: fixture.path)
        let began = ContinuousClock.now
        let error = refusal(fixture)
        if case .damaged = error {} else { Issue.record("\(String(describing: error))") }
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test("a -wal over the limit of the file is damage")
    func longWAL() throws {
        let fixture = try VaultFixture.copy()
        let wal = fixture.path + "-wal"
        _ = FileManager.default.createFile(
            atPath: wal, contents: Data(), attributes: [.posixPermissions: 0o600])
        // Sparse: takes no room.
        #expect(truncate(wal, off_t(Limits.wal) + 1) == 0)
        #expect(refusal(fixture) == .damaged(.limits))
    }

    @Test("texts in UTF-16 are not format 1")
    func otherEncoding() throws {
        let fixture = try VaultFixture.copy()
        let other = fixture.folder + "/other.db"
        _ = FileManager.default.createFile(
            atPath: other, contents: Data(), attributes: [.posixPermissions: 0o600])
        try fixture.tamper { from in
            let into = try Database(at: FileRules.resolve(other), .readWrite)
            try into.execute("PRAGMA encoding = 'UTF-16le'")
            try into.execute("PRAGMA journal_mode = WAL")
            for table in VaultError.Table.allCases {
                try into.execute(Schema.sql(of: table))
                var names = Schema.columns(of: table).map(\.name)
                if Schema.isSealed(table) { names += ["head", "body"] }
                let rows = try from.prepare("SELECT \(names.joined(separator: ", ")) FROM \(table.rawValue)")
                while try rows.step() {
                    try into.insert(table, names.indices.map { rows.value(at: $0) ?? .null })
                }
            }
            let encoding = try into.prepare("PRAGMA encoding")
            #expect(try encoding.step() && encoding.value(at: 0) == .text("UTF-16le"))
            encoding.reset()
            try into.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            try into.removeWALOnClose()
        }
        #expect(throws: VaultError.damaged(.notAVault)) { _ = try Vault.readLocked(at: other) }
    }
}

/// Edits the b-tree of sqlite_schema so that its one page of children is reached over and over: a few KiB that take
/// longer to walk than anyone lives. SQLite looks for no page that it has been on before.
private enum SchemaTree {
    static func multiply(at path: String) throws {
        var file = [UInt8](FileManager.default.contents(atPath: path) ?? Data())
        let size = Int(file[16]) << 8 | Int(file[17])
        // Page 1 is an interior page by now; each child of it too gets its own children all alike, and the child
        // that all of them name is page 1's first one's sibling of the same kind.
        multiplyCells(of: 0, header: 100, size, &file)
        try Data(file).write(to: URL(fileURLWithPath: path))
        for companion in ["-wal", "-shm"] { unlink(path + companion) }
        chmod(path, 0o600)
    }

    private static func multiplyCells(of page: Int, header: Int, _ size: Int, _ file: inout [UInt8]) {
        let start = page * size
        let head = start + header
        precondition(file[head] == 5, "an interior page of a table")
        // A copy of page 1 as an interior page of its own, ten levels of them: each has 100 cells that name the next.
        var pages = file.count / size
        let child = Array(file[head + 8..<head + 12])
        var next = child
        for _ in 0..<10 {
            var made = [UInt8](repeating: 0, count: size)
            let cells = 100
            made[0] = 5
            (made[3], made[4]) = (UInt8(cells >> 8), UInt8(cells & 255))
            let content = size - cells * 5
            (made[5], made[6]) = (UInt8(content >> 8), UInt8(content & 255))
            made.replaceSubrange(8..<12, with: next)
            for cell in 0..<cells {
                let place = content + cell * 5
                (made[12 + 2 * cell], made[13 + 2 * cell]) = (UInt8(place >> 8), UInt8(place & 255))
                made.replaceSubrange(place..<place + 4, with: next)
                made[place + 4] = UInt8(cell + 1)
            }
            file += made
            pages += 1
            next = [
                UInt8(pages >> 24), UInt8(pages >> 16 & 255), UInt8(pages >> 8 & 255), UInt8(pages & 255),
            ]
        }
        file.replaceSubrange(head + 8..<head + 12, with: next)
        // Every cell of page 1 as well.
        let count = Int(file[head + 3]) << 8 | Int(file[head + 4])
        for cell in 0..<count {
            let pointer = head + 12 + 2 * cell
            let place = start + (Int(file[pointer]) << 8 | Int(file[pointer + 1]))
            file.replaceSubrange(place..<place + 4, with: next)
        }
        file.replaceSubrange(
            28..<32,
            with: [UInt8(pages >> 24), UInt8(pages >> 16 & 255), UInt8(pages >> 8 & 255), UInt8(pages & 255)])
    }
}
