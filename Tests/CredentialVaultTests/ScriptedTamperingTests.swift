@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// What a writer of the file without a key may try with whole rows, slots, the schema or the file, and the answer
/// that the machine key's owner gets.
struct Attack: CustomStringConvertible, Sendable {
    let description: String
    var fixed = true
    let answer: Set<Answer>
    let run: @Sendable (Database) throws -> Void

    static let all: [Attack] = rows + slots + schema

    private static func sql(_ statements: String...) -> @Sendable (Database) throws -> Void {
        { database in for statement in statements { try database.execute(statement) } }
    }

    private static let first = "(SELECT connection_id FROM connection ORDER BY connection_id LIMIT 1)"
    private static let last = "(SELECT connection_id FROM connection ORDER BY connection_id DESC LIMIT 1)"

    private static let rows = [
        Attack(
            description: "two connections' sealed secrets swapped", answer: [.tampered],
            run: sql(
                "CREATE TEMP TABLE t AS SELECT connection_id, head, body FROM connection",
                "UPDATE connection SET head = (SELECT head FROM t WHERE t.connection_id != connection.connection_id), body = (SELECT body FROM t WHERE t.connection_id != connection.connection_id)",
                "DROP TABLE t")),
        Attack(
            description: "two connections' bodies swapped", fixed: false, answer: [.tampered],
            run: sql(
                "CREATE TEMP TABLE t AS SELECT connection_id, body FROM connection",
                "UPDATE connection SET body = (SELECT body FROM t WHERE t.connection_id != connection.connection_id)",
                "DROP TABLE t")),
        Attack(
            description: "a connection deleted", answer: [.tampered],
            run: sql("DELETE FROM connection WHERE connection_id = \(first)")),
        Attack(
            description: "a connection deleted, content as it was", fixed: false, answer: [.damaged],
            run: sql("DELETE FROM connection WHERE connection_id = \(first)")),
        Attack(
            description: "a connection inserted as a copy", answer: [.tampered],
            run: sql(
                "INSERT INTO connection SELECT x'00000000000000000000000000000001', version, 'copy', app_id, scopes, access_expires_at, refresh_expires_at, consented_at, refreshed_at, state, last_error, pending, tags, created_at, updated_at, head, body FROM connection WHERE connection_id = \(first)"
            )),
        Attack(
            description: "a connection's ID changed", answer: [.tampered],
            run: sql(
                "UPDATE connection SET connection_id = x'00000000000000000000000000000001' WHERE connection_id = \(first)"
            )),
        Attack(
            description: "two connections with one name", answer: [.damaged],
            run: sql("UPDATE connection SET name = 'same'")),
        Attack(
            description: "a connection of an app that is not there", answer: [.damaged],
            run: sql(
                "UPDATE connection SET app_id = x'00000000000000000000000000000001' WHERE connection_id = \(first)"
            )),
        Attack(description: "every app deleted", answer: [.damaged], run: sql("DELETE FROM app")),
        Attack(
            description: "a body cut to one unit less", answer: [.damaged],
            run: sql("UPDATE connection SET body = substr(body, 1, 100)")),
        Attack(
            description: "a body grown by a unit", answer: [.tampered],
            run: sql("UPDATE connection SET body = CAST(body || zeroblob(2048) AS BLOB)")),
        Attack(
            description: "a body that is text", answer: [.damaged],
            run: sql("UPDATE connection SET body = CAST(zeroblob(0) AS BLOB)")),
        Attack(
            description: "the access clock set forward", answer: [.tampered],
            run: sql("UPDATE connection SET access_expires_at = 4000000000")),
        Attack(
            description: "a state that is no word", answer: [.damaged],
            run: sql("UPDATE connection SET state = 'fine'")),
        Attack(
            description: "a name with U+0000", answer: [.damaged],
            run: sql("UPDATE connection SET name = 'a' || char(0) || 'b' WHERE connection_id = \(first)")),
        Attack(
            description: "a name that is not UTF-8", answer: [.damaged],
            run: sql("UPDATE connection SET name = CAST(x'ff' AS TEXT) WHERE connection_id = \(first)")),
        Attack(
            description: "a name of 1,025 bytes", answer: [.damaged],
            run: sql("UPDATE connection SET name = printf('%.1025c', 'a') WHERE connection_id = \(first)")),
        Attack(
            description: "a negative time", answer: [.damaged],
            run: sql("UPDATE connection SET created_at = -1")),
        Attack(description: "version 0", answer: [.damaged], run: sql("UPDATE connection SET version = 0")),
        Attack(
            description: "an app's redirect URI moved", answer: [.tampered],
            run: sql("UPDATE app SET redirect_uri = 'http://localhost:9999/callback/linkedin-ads'")),
        Attack(
            description: "an app's provider moved", answer: [.tampered],
            run: sql("UPDATE app SET provider = 'evil'")),
        Attack(
            description: "the newest event deleted", answer: [.tampered],
            run: sql("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)")),
        Attack(
            description: "an old event deleted", answer: [.tampered],
            run: sql("DELETE FROM event WHERE seq = 2")),
        Attack(description: "every event deleted", answer: [.tampered], run: sql("DELETE FROM event")),
        Attack(
            description: "an event's time changed", answer: [.tampered],
            run: sql("UPDATE event SET at = at + 1 WHERE seq = 2")),
        Attack(
            description: "the journal begun later", answer: [.tampered],
            run: sql(
                "UPDATE vault SET first_chain = (SELECT chain FROM event WHERE seq = 1), first_seq = 2",
                "DELETE FROM event WHERE seq = 1")),
        Attack(
            description: "the epoch raised", answer: [.tampered],
            run: sql("UPDATE vault SET epoch = epoch + 1000")),
        Attack(
            description: "a second vault row", answer: [.damaged],
            run: sql(
                "INSERT INTO vault SELECT zeroblob(16), 0, 0, 0, 0, 0, 0, 0, 0 FROM vault WHERE 0",
                "INSERT INTO vault SELECT format, x'00000000000000000000000000000001', generation, epoch, created_at, first_seq, first_chain, content, manifest FROM vault"
            )),
        Attack(description: "no vault row", fixed: false, answer: [.damaged], run: sql("DELETE FROM vault")),
    ]

    private static let slots = [
        Attack(
            description: "the other slot deleted", answer: [.tampered],
            run: sql("DELETE FROM slot WHERE kind = 'passphrase'")),
        Attack(
            description: "the slot in hand deleted", answer: [.wrongKey],
            run: sql("DELETE FROM slot WHERE kind = 'machine'")),
        Attack(description: "every slot deleted", answer: [.damaged], run: sql("DELETE FROM slot")),
        Attack(
            description: "a public key put in the other's place", answer: [.damaged],
            run: sql("UPDATE slot SET public_key = (SELECT public_key FROM slot WHERE kind = 'machine')")),
        Attack(
            description: "the other slot's public key replaced", answer: [.tampered],
            run: sql(
                "UPDATE slot SET public_key = CAST(zeroblob(31) || x'09' AS BLOB) WHERE kind = 'passphrase'")),
        Attack(
            description: "a slot planted", answer: [.tampered],
            run: sql(
                "INSERT INTO slot SELECT zeroblob(16), 'machine', 'planted', created_at, CAST(zeroblob(31) || x'09' AS BLOB), NULL, NULL, NULL, NULL, NULL, NULL, wrapped_root FROM slot WHERE kind = 'machine'"
            )),
        Attack(
            description: "another's wrapped root", answer: [.tampered],
            run: sql(
                "UPDATE slot SET wrapped_root = (SELECT wrapped_root FROM slot WHERE kind = 'passphrase')")),
        Attack(
            description: "a label moved", answer: [.tampered],
            run: sql("UPDATE slot SET label = 'x' WHERE kind = 'machine'")),
        Attack(
            description: "a machine slot with a KDF", answer: [.damaged],
            run: sql("UPDATE slot SET kdf = 'scrypt' WHERE kind = 'machine'")),
        Attack(
            description: "a KDF that is not known", answer: [.damaged],
            run: sql("UPDATE slot SET kdf = 'argon2id' WHERE kind = 'passphrase'")),
        Attack(
            description: "log_n 14", answer: [.damaged],
            run: sql("UPDATE slot SET log_n = 14 WHERE kind = 'passphrase'")),
        Attack(
            description: "log_n 21", answer: [.damaged],
            run: sql("UPDATE slot SET log_n = 21 WHERE kind = 'passphrase'")),
        Attack(
            description: "log_n 63", answer: [.damaged],
            run: sql("UPDATE slot SET log_n = 63 WHERE kind = 'passphrase'")),
        Attack(
            description: "log_n 2^62", answer: [.damaged],
            run: sql("UPDATE slot SET log_n = 4611686018427387904 WHERE kind = 'passphrase'")),
        Attack(
            description: "r 16", answer: [.damaged],
            run: sql("UPDATE slot SET r = 16 WHERE kind = 'passphrase'")),
        Attack(
            description: "p 1,000", answer: [.damaged],
            run: sql("UPDATE slot SET p = 1000 WHERE kind = 'passphrase'")),
        Attack(
            description: "1,000 planted slots", answer: [.damaged],
            run: sql(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO slot SELECT CAST(zeroblob(12) || CAST(printf('%04d', i) AS BLOB) AS BLOB), 'machine', 'p' || i, 1, CAST(zeroblob(28) || CAST(printf('%04d', i) AS BLOB) AS BLOB), NULL, NULL, NULL, NULL, NULL, NULL, zeroblob(80) FROM n"
            )),
        Attack(
            description: "a generation too many", answer: [.damaged],
            run: sql("INSERT INTO lineage SELECT 2, root_public, zeroblob(64) FROM lineage")),
        Attack(
            description: "a generation of the writer's own", answer: [.tampered],
            run: sql(
                "INSERT INTO lineage SELECT 2, zeroblob(32), zeroblob(64) FROM lineage",
                "UPDATE vault SET generation = 2")),
        Attack(description: "no lineage", answer: [.damaged], run: sql("DELETE FROM lineage")),
    ]

    private static let schema = [
        "CREATE INDEX i ON connection (name)", "CREATE TABLE extra (a INTEGER) STRICT",
        "CREATE VIEW v AS SELECT * FROM app",
        "CREATE TRIGGER g AFTER INSERT ON event BEGIN DELETE FROM connection; END",
        "ALTER TABLE connection ADD COLUMN extra TEXT", "ALTER TABLE connection RENAME COLUMN tags TO labels",
        "ALTER TABLE event RENAME TO journal", "DROP TABLE event",
    ].map { Attack(description: $0, fixed: false, answer: [.damaged], run: sql($0)) }
}

@Suite("Scripted tampering")
struct ScriptedTamperingTests {
    @Test("is refused with its answer, and the refusal changes nothing", arguments: Attack.all)
    func attack(_ attack: Attack) throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper { database in
            try attack.run(database)
            if attack.fixed { try? VaultFixture.fixContent(database) }
        }
        let before = fixture.bytes()
        let answer = fixture.answer(passphrase: false)
        #expect(attack.answer.contains(answer), "\(answer)")
        #expect(fixture.bytes() == before)
    }

    @Test("an old row put back is refused")
    func replayedRow() throws {
        let fixture = try VaultFixture.copy()
        var old: [Value] = []
        try fixture.tamper { database in
            old = try Forger.whole(database, .connection)[0]
        }
        try fixture.unlock { (vault) throws(VaultError) in
            let id = RowID(bytes: old.id)!
            try vault.commit(
                .replaceConnection(
                    vault.connection(id)!, ConnectionSecrets(refreshToken: VaultFixture.secret("new"))),
                Event(.refresh, .ok, connection: id), now: VaultFixture.now)
        }
        try fixture.tamper(fixingContent: true) { try $0.update(.connection, old) }
        #expect(fixture.answer(passphrase: false) == .tampered)
    }

    @Test("a row of another vault of the same owner is refused")
    func transplantedRow() throws {
        let (mine, other) = (try VaultFixture.copy(), try VaultFixture())
        var rows: [[Value]] = []
        try other.tamper { rows = try Forger.whole($0, .app) + Forger.whole($0, .connection) }
        try mine.tamper(fixingContent: true) { database in
            try database.execute("DELETE FROM app")
            try database.execute("DELETE FROM connection")
            try database.insert(.app, rows[0])
            for row in rows.dropFirst() { try database.insert(.connection, row) }
        }
        #expect(mine.answer(passphrase: false) == .tampered)
    }

    @Test("a slot that was there and is not any more cannot be put back")
    func resurrectedSlot() throws {
        let fixture = try VaultFixture.copy()
        let planted = try Identity.generate().publicKey
        var before: [[Value]] = []
        try fixture.tamper { before = try Forger.rows($0, .slot) }
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.commit(
                .addSlot(.machine(publicKey: planted), label: "extra"), Event(.keyAdd, .ok), now: 1)
        }
        // The other way round too: the present file with the slots of the older one.
        try fixture.tamper(fixingContent: true) { database in
            try database.execute("DELETE FROM slot")
            for row in before { try database.insert(.slot, row) }
        }
        #expect(fixture.answer(passphrase: false) == .tampered)
    }

    @Test("a journal file that SQLite would play back is refused before SQLite sees it")
    func hotJournal() throws {
        let fixture = try VaultFixture.copy()
        _ = FileManager.default.createFile(
            atPath: fixture.path + "-journal", contents: Data([0xd9, 0xd5, 0x05, 0xf9]))
        #expect(throws: VaultError.refusedFile(path: fixture.path + "-journal", .rollbackJournal)) {
            try fixture.unlock { (_) throws(VaultError) in }
        }
    }

    @Test("a -wal of another vault is damage or tampering and is not moved into the file")
    func forgedWAL() throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper { database in
            // What a writer leaves behind who never checkpoints.
            try database.execute("UPDATE connection SET access_expires_at = 1")
            try VaultFixture.fixContent(database)
            let wal = FileManager.default.contents(atPath: fixture.path + "-wal")!
            #expect(!wal.isEmpty)
            _ = FileManager.default.createFile(atPath: fixture.folder + "/kept", contents: wal)
        }
        let clean = try VaultFixture.copy()
        _ = FileManager.default.createFile(
            atPath: clean.path + "-wal",
            contents: FileManager.default.contents(atPath: fixture.folder + "/kept"),
            attributes: [.posixPermissions: 0o600])
        let before = clean.bytes()
        #expect(clean.answer(passphrase: false) == .tampered)
        #expect(clean.bytes() == before)
    }
}

extension Forger {
    /// Every column of every row, head and body included.
    static func whole(_ database: Database, _ table: VaultError.Table) throws -> [[Value]] {
        try rows(database, table).map { try database.row(table, $0[0])! }
    }
}

extension [Value] {
    /// The row's ID: its first column.
    var id: [UInt8] {
        if case .blob(let bytes) = self[0] { bytes } else { [] }
    }
}
