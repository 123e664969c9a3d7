@testable import CredentialVault
import Testing

@Suite("Statements that are compiled once")
struct RecurringStatementTests {
    @Test("the limit of steps is a run's, not that of all runs of a statement together")
    func steps() throws {
        let fixture = try VaultFixture.copy()
        let database = try Database(at: fixture.path, .readOnly)
        let header = try Snapshot.readHeader(database).0
        database.limitSteps(to: 1_000)
        for _ in 1...1_000 {
            #expect(try database.row(.vault, .blob(header.id.bytes)) != nil)
            #expect(try Snapshot.readHeader(database).0 == header)
        }
    }

    @Test(
        "a value is compared where it lies: of its own storage class, and byte for byte",
        arguments: [
            "NULL", "0", "7", "''", "'é'", "'e\u{301}'", "'7'", "x''", "x'37'", "x'3700'", "zeroblob(2048)",
        ])
    func comparing(_ sql: String) throws {
        let fixture = try VaultFixture.copy()
        let database = try Database(at: fixture.path, .readOnly)
        let values: [(String, Value)] = [
            ("NULL", .null), ("0", .integer(0)), ("7", .integer(7)), ("''", .text("")),
            ("'é'", .text("\u{E9}")),
            ("'e\u{301}'", .text("e\u{301}")), ("'7'", .text("7")), ("x''", .blob([])),
            ("x'37'", .blob([0x37])),
            ("x'3700'", .blob([0x37, 0])), ("zeroblob(2048)", .blob(Array(repeating: 0, count: 2_048))),
            ("", .blob(Array(repeating: 0, count: 2_047) + [1])),
        ]
        let statement = try database.prepare("SELECT \(sql)")
        #expect(try statement.step())
        for (other, value) in values {
            #expect(statement.holds(value, at: 0) == other.hasSameBytes(as: sql), "\(other)")
        }
    }

    @Test("one that was given back keeps no transaction open, and sees what another process wrote since")
    func readPosition() throws {
        let fixture = try VaultFixture.copy()
        let database = try Database(at: fixture.path, .readWrite)
        let before = try Snapshot.readHeader(database).0
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            // Throws `busy` if anybody still reads.
            try vault.database.dropFormerPages()
        }
        #expect(try Snapshot.readHeader(database).0.epoch == before.epoch + 1)
    }
}
