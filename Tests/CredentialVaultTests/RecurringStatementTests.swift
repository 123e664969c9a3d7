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
