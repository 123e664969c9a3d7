@testable import CredentialVault
import Testing

/// One column of one row, altered by a writer without a key: as it is, or with `content` made right again.
struct AlteredColumn: CustomStringConvertible, Sendable {
    let table: VaultError.Table
    let column: String
    let fixed: Bool

    var description: String { "\(table).\(column)\(fixed ? ", content recomputed" : "")" }

    /// Every column that the schema has: one that were not bound to anything would pass and fail the test.
    static let all: [AlteredColumn] = VaultError.Table.allCases.flatMap { table in
        let names = Schema.columns(of: table).map(\.name) + (Schema.isSealed(table) ? ["head", "body"] : [])
        return names.flatMap { name in
            // A recomputed `content` is the same as an untouched one.
            (name == "content" ? [false] : [false, true]).map {
                AlteredColumn(table: table, column: name, fixed: $0)
            }
        }
    }

    /// Flips a bit, adds one, appends a letter, or takes the next word of the list.
    func altered(_ value: Value) -> Value {
        switch value {
        case .null: filled
        case .integer(let number): .integer(number + 1)
        case .blob(let bytes): .blob([bytes[0] ^ 1] + bytes.dropFirst())
        case .text(let text): .text(Self.nextWord[text] ?? text + "x")
        }
    }

    /// Something of the column's type where NULL stood.
    private var filled: Value {
        switch column {
        case "signature": .blob(Array(repeating: 1, count: 64))
        case "salt": .blob(Array(repeating: 1, count: 32))
        case "sealed_identity": .blob(Array(repeating: 1, count: 104))
        case "slot_id", "connection_id": .blob(Array(repeating: 1, count: 16))
        case "last_error": .text("revoked")
        case "kdf": .text("scrypt")
        default: .integer(17)
        }
    }

    private static let nextWord = [
        "ok": "begun", "begun": "ok", "init": "connect", "connect": "refresh", "passphrase": "machine",
        "machine": "passphrase",
    ]
}

enum Answer: String { case success, damaged, tampered, wrongKey, newerFormat }

extension VaultFixture {
    /// What an unlock, or an unlock with `verify`, answers.
    func answer(passphrase: Bool, verify: Bool = true) -> Answer {
        let body: (inout OpenVault) throws(VaultError) -> Void = { (vault) throws(VaultError) in
            if verify { try vault.verify() }
        }
        do {
            if passphrase {
                try unlockWithPassphrase(Self.passphrase, .init(), body)
            } else {
                try unlock(.init(), body)
            }
            return .success
        } catch VaultError.damaged {
            return .damaged
        } catch VaultError.tampered {
            return .tampered
        } catch VaultError.wrongKey {
            return .wrongKey
        } catch VaultError.newerFormat {
            return .newerFormat
        } catch {
            Issue.record(error)
            return .success
        }
    }
}

@Suite("Every column is bound")
struct ColumnTamperingTests {
    @Test("an altered column is refused, each with its answer", arguments: AlteredColumn.all)
    func column(_ altered: AlteredColumn) throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper(fixingContent: altered.fixed) { database in
            // The first row that stands there; of events the newest, since older ones are `verify`'s.
            let key = Schema.primaryKey(of: altered.table)
            let order = altered.table == .event ? "DESC" : "ASC"
            let read = try database.prepare(
                "SELECT \(key), \(altered.column) FROM \(altered.table) ORDER BY \(key) \(order) LIMIT 1")
            _ = try read.step()
            let (id, value) = (read.value(at: 0)!, read.value(at: 1)!)
            read.reset()
            try database.prepare("UPDATE \(altered.table) SET \(altered.column) = ?2 WHERE \(key) = ?1")
                .runTouchingOne([id, altered.altered(value)])
        }
        let before = fixture.bytes()
        let machine = fixture.answer(passphrase: false)
        let passphrase = fixture.answer(passphrase: true)
        #expect(machine != .success)
        #expect(passphrase != .success)
        #expect(Self.expected(altered).contains(machine), "\(machine)")
        #expect(fixture.bytes() == before, "a refusal changed the file")
    }

    /// What the machine key's owner is told. Without a recomputed `content` all that `content` covers is damage.
    private static func expected(_ altered: AlteredColumn) -> Set<Answer> {
        switch (altered.table, altered.column) {
        case (.vault, "format"): [.newerFormat]
        case (.vault, "epoch"), (.vault, "created_at"), (.vault, "manifest"): [.tampered]
        case (_, "body"): [.tampered]
        case (.slot, "public_key") where altered.fixed, (.vault, "vault_id") where altered.fixed:
            [.tampered, .wrongKey, .damaged]
        default: altered.fixed ? [.tampered, .damaged] : [.damaged]
        }
    }
}
