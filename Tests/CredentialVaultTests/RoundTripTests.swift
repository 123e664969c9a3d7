@testable import CredentialVault
import Secrets
import Testing

@Suite("A vault gives back what was put in")
struct RoundTripTests {
    @Test("both kinds of slot open it and every secret comes back")
    func opens() throws {
        let fixture = try VaultFixture()
        let check: (inout OpenVault) throws(VaultError) -> [String] = { (vault) throws(VaultError) in
            try vault.verify()
            var found: [String] = []
            for app in vault.apps {
                let secrets = try vault.secrets(of: app)
                found.append(VaultFixture.text(secrets.clientSecret) ?? "-")
            }
            for row in vault.connections.sorted(by: { $0.name < $1.name }) {
                let secrets = try vault.secrets(of: row)
                found.append(VaultFixture.text(secrets.accessToken) ?? "-")
                found.append(VaultFixture.text(secrets.refreshToken) ?? "-")
                found.append(VaultFixture.text(secrets.account) ?? "-")
            }
            return found
        }
        let expected = [
            "client-secret-of-agency", "access-token-of-member-1", "refresh-token-of-member-1",
            "account-of-member-1", "access-token-of-member-2", "refresh-token-of-member-2",
            "account-of-member-2",
        ]
        #expect(try fixture.unlock(.init(), check) == expected)
        #expect(try fixture.unlockWithPassphrase(VaultFixture.passphrase, .init(), check) == expected)
    }

    @Test("locked reading shows the clear columns and no more")
    func locked() throws {
        let fixture = try VaultFixture()
        let vault = try Vault.readLocked(at: fixture.path)
        #expect(vault.apps.map(\.name) == ["agency"])
        #expect(vault.connections.map(\.name).sorted() == ["member-1", "member-2"])
        #expect(Set(vault.slots.map(\.label)) == ["owner", "cron"])
        #expect(vault.header.epoch == 5)
        #expect(vault.header.generation == 1)
    }

    @Test("a change of a clear column seals the row anew and keeps its secrets")
    func clearColumn() throws {
        let fixture = try VaultFixture()
        let before = try fixture.tamperlessHead("member-1")
        try fixture.unlock { (vault) throws(VaultError) in
            var row = vault.connection(named: "member-1")!
            row.pending = VaultFixture.now + 5
            try vault.commit(
                .replaceConnection(row, nil), Event(.refresh, .begun, connection: row.id),
                now: VaultFixture.now + 5)
            let after = vault.connection(named: "member-1")!
            #expect(after.version == 2)
            #expect(after.pending == VaultFixture.now + 5)
            #expect(after.updatedAt == VaultFixture.now + 5)
            let secrets = try vault.secrets(of: after)
            let token = VaultFixture.text(secrets.refreshToken)
            #expect(token == "refresh-token-of-member-1")
            try vault.verify()
        }
        #expect(try fixture.tamperlessHead("member-1") != before)
    }

    @Test("names are taken once, a stale row is refused, an app in use stays, and nothing changes by it")
    func refusals() throws {
        let fixture = try VaultFixture()
        let before = try Vault.readLocked(at: fixture.path)
        try fixture.unlock { (vault) throws(VaultError) in
            let app = vault.apps[0]
            let stale = vault.connections[0]
            func fails(_ expected: VaultError, _ change: consuming Change) {
                do throws(VaultError) {
                    try vault.commit(change, Event(.rename, .ok), now: 1)
                    Issue.record("\(expected) was not thrown")
                } catch { #expect(error == expected) }
            }
            fails(
                .nameTaken(.app, "agency"),
                .addApp(
                    AppRow(
                        id: try RowID.random(), name: "agency", provider: "p",
                        profile: Array(repeating: 0, count: 32), clientID: "c", redirectURI: "r", scopes: ""),
                    AppSecrets(clientSecret: nil)))
            fails(.appInUse(connections: 2), .removeApp(app.id))
            fails(
                .changedMeanwhile,
                .replaceConnection(ConnectionRow(id: stale.id, name: "x", appID: app.id, scopes: ""), nil))
            var renamed = stale
            renamed.name = ""
            fails(.invalidText(.connection, column: "name"), .replaceConnection(renamed, nil))
            renamed.name = "a\0b"
            fails(.invalidText(.connection, column: "name"), .replaceConnection(renamed, nil))
            fails(
                .nameTaken(.slot, "cron"),
                .addSlot(.machine(publicKey: Array(repeating: 3, count: 32)), label: "cron"))
            fails(
                .publicKeyTaken(label: "cron"),
                .addSlot(
                    .machine(publicKey: vault.slots.first { $0.label == "cron" }!.publicKey), label: "other"))
            fails(
                .limit(.secret),
                .addConnection(
                    ConnectionRow(id: try RowID.random(), name: "big", appID: app.id, scopes: ""),
                    ConnectionSecrets(accessToken: VaultFixture.secret(String(repeating: "a", count: 7_001))))
            )
        }
        let after = try Vault.readLocked(at: fixture.path)
        #expect(after.header == before.header)
        #expect(after.connections == before.connections)
    }

    @Test(
        "secrets of 1 to 7,000 bytes keep the row's size in steps", arguments: [1, 600, 2_000, 5_000, 7_000])
    func sizes(count: Int) throws {
        let fixture = try VaultFixture()
        try fixture.unlock { (vault) throws(VaultError) in
            var row = vault.connections[0]
            row.state = .ok
            let token = String(repeating: "t", count: count)
            try vault.commit(
                .replaceConnection(
                    row,
                    ConnectionSecrets(
                        accessToken: VaultFixture.secret(token), refreshToken: VaultFixture.secret(token))),
                Event(.refresh, .ok, connection: row.id), now: VaultFixture.now)
            let secrets = try vault.secrets(of: vault.connections[0])
            let same = VaultFixture.text(secrets.refreshToken) == token
            #expect(same)
            #expect((vault.snapshot.connections[0].bodyCount - 16) % 2_048 == 0)
        }
    }

    @Test("a second writer is seen: the first verifies anew and goes on")
    func twoWriters() throws {
        let fixture = try VaultFixture()
        try fixture.unlock { (first) throws(VaultError) in
            let stale = first.connections[0]
            do {
                try fixture.unlock { (second) throws(VaultError) in
                    var row = second.connections[0]
                    row.refreshedAt = 77
                    try second.commit(
                        .replaceConnection(row, nil), Event(.refresh, .ok, connection: row.id), now: 77)
                }
            } catch { Issue.record(error) }
            do throws(VaultError) {
                try first.commit(.replaceConnection(stale, nil), Event(.test, .ok), now: 78)
                Issue.record("a stale row was written")
            } catch { #expect(error == .changedMeanwhile) }
            try first.refresh()
            #expect(first.connections[0].refreshedAt == 77)
            try first.commit(.note, Event(.test, .ok), now: 79)
            try first.verify()
        }
    }

    @Test("create never overwrites, and leaves nothing behind when it fails")
    func createRefuses() throws {
        let fixture = try VaultFixture()
        let before = fixture.bytes()
        #expect(throws: VaultError.alreadyExists(path: fixture.path)) {
            _ = try Vault.create(
                at: fixture.path, slot: .passphrase(VaultFixture.secret("x"), logN: 15), label: "l", now: 1)
        }
        #expect(fixture.bytes() == before)
        #expect(throws: VaultError.invalidText(.slot, column: "label")) {
            _ = try Vault.create(
                at: fixture.folder + "/other.db", slot: .passphrase(VaultFixture.secret("x"), logN: 15),
                label: "", now: 1)
        }
        #expect(try fixture.files() == ["vault.db", "vault.db-shm", "vault.db-wal"])
    }
}

extension VaultFixture {
    func tamperlessHead(_ name: String) throws -> [UInt8] {
        try Snapshot.read(Database(at: path, .readOnly)).connections.first { $0.row.name == name }!.head
    }
}
