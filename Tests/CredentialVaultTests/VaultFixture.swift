// @testable: tampering needs the module's own Database, digests and labels, so that a forger who knows the format
// but not the keys can be played exactly.
@testable import CredentialVault
import Foundation
import Secrets

/// A vault in a folder of its own: one app, two connections, a passphrase slot (N = 2^15) and a machine slot.
final class VaultFixture {
    let folder: String
    var path: String { folder + "/vault.db" }
    let machine: [UInt8]
    static let passphrase = "correct horse battery staple"
    static let now: Int64 = 1_790_000_000

    init(machine: [UInt8] = Array(repeating: 7, count: 32), rows: Int = 2) throws {
        self.machine = machine
        folder = try Self.makeFolder()
        _ = try Vault.create(
            at: path, slot: .passphrase(Self.secret(Self.passphrase), logN: 15), label: "owner", now: Self.now
        )
        let publicKey = try identity().publicKey
        try unlockWithPassphrase { (vault) throws(VaultError) in
            try vault.commit(
                .addSlot(.machine(publicKey: publicKey), label: "cron"), Event(.keyAdd, .ok), now: Self.now)
            let app = AppRow(
                id: try RowID.random(), name: "agency", provider: "linkedin-ads",
                profile: Array(repeating: 9, count: 32), clientID: "client-1",
                redirectURI: "http://localhost:8765/callback/linkedin-ads", scopes: "r_ads r_ads_reporting")
            try vault.commit(
                .addApp(app, AppSecrets(clientSecret: Self.secret("client-secret-of-agency"))),
                Event(.appAdd, .ok), now: Self.now)
            for number in 1...rows {
                try Self.addConnection("member-\(number)", app.id, to: &vault)
            }
        }
    }

    /// A copy of one vault with two connections that is made once: making a slot costs a scrypt.
    static func copy() throws -> VaultFixture { try VaultFixture(copying: template) }

    private static let template: Data = {
        // If this fails every test that copies it fails.
        let fixture = try! VaultFixture()
        return FileManager.default.contents(atPath: fixture.path)!
    }()

    init(copying bytes: Data) throws {
        machine = Array(repeating: 7, count: 32)
        folder = try Self.makeFolder()
        _ = FileManager.default.createFile(
            atPath: path, contents: bytes, attributes: [.posixPermissions: 0o600])
    }

    private static func makeFolder() throws -> String {
        let folder = NSTemporaryDirectory() + "advault-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        return folder
    }

    static func addConnection(_ name: String, _ app: RowID, to vault: inout OpenVault) throws(VaultError) {
        var row = ConnectionRow(id: try RowID.random(), name: name, appID: app, scopes: "r_ads")
        (row.accessExpiresAt, row.refreshExpiresAt) = (now + 5_184_000, now + 31_536_000)
        (row.consentedAt, row.refreshedAt, row.tags) = (now, now, "client=acme")
        try vault.commit(
            .addConnection(
                row,
                ConnectionSecrets(
                    accessToken: secret("access-token-of-" + name),
                    refreshToken: secret("refresh-token-of-" + name), account: secret("account-of-" + name))),
            Event(.connect, .ok, connection: row.id), now: now)
    }

    static func secret(_ text: String) -> SecretBytes {
        // The secure heap of a test process is never near its end.
        let bytes = Array(text.utf8)
        return try! SecretBytes(copying: bytes.span.bytes)
    }

    static func text(_ secret: borrowing SecretBytes?) -> String? {
        switch secret {
        case .none: nil
        case .some(let secret):
            secret.withBytes { span in span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
        }
    }

    func identity() throws -> Identity {
        let bytes = machine
        let secret = try SecretBytes(copying: bytes.span.bytes)
        return try Identity(secret: secret)
    }

    func unlock<R>(
        _ options: UnlockOptions = .init(), _ body: (inout OpenVault) throws(VaultError) -> R
    ) throws -> R {
        try Vault.withUnlocked(at: path, with: .machine(identity()), options: options, body)
    }

    func unlockWithPassphrase<R>(
        _ passphrase: String = VaultFixture.passphrase, _ options: UnlockOptions = .init(),
        _ body: (inout OpenVault) throws(VaultError) -> R
    ) throws -> R {
        try Vault.withUnlocked(
            at: path, with: .passphrase(Self.secret(passphrase)), options: options, body)
    }

    /// What a writer of the file does: any SQL, then, if wanted, `content` made right again.
    func tamper(fixingContent: Bool = false, _ body: (Database) throws -> Void) throws {
        let database = try Database(at: path, .readWrite)
        try body(database)
        if fixingContent { try Self.fixContent(database) }
        try database.allowCheckpointOnClose()
    }

    static func fixContent(_ database: Database) throws {
        let content = try Forger.content(database)
        let statement = try database.prepare("UPDATE vault SET content = ?1")
        try statement.runTouchingOne([.blob(content)])
    }

    /// The bytes of the vault and of its -wal.
    func bytes() -> [Data] {
        ["", "-wal"].map { FileManager.default.contents(atPath: path + $0) ?? Data() }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

/// Computes `content` from what stands in the file, as anyone can: nothing in it is keyed.
enum Forger {
    static func rows(_ database: Database, _ table: VaultError.Table) throws -> [[Value]] {
        var names = Schema.columns(of: table).map(\.name)
        if Schema.isSealed(table) { names += ["head", "length(body)"] }
        let statement = try database.prepare(
            "SELECT \(names.joined(separator: ", ")) FROM \(table.rawValue)")
        var rows: [[Value]] = []
        while try statement.step() { rows.append(names.indices.map { statement.value(at: $0) ?? .null }) }
        return rows
    }

    static func content(_ database: Database) throws -> [UInt8] {
        let header = try rows(database, .vault)[0]
        let events = try rows(database, .event)
        let newest = events.last?.last ?? header[6]
        var context = BoundContext(.content, header[5], header[6], newest)
        var digests: [UInt8] = []
        for table in [VaultError.Table.lineage, .slot, .app, .connection] {
            let found = try rows(database, table)
            context.append(.integer(Int64(found.count)))
            for row in found {
                var digest = BoundContext(Label.row(table)!, header[1], header[2])
                for value in row { digest.append(value) }
                digests += try Digest.hash(digest.bytes)
            }
        }
        return try Digest.hash(context.bytes + digests)
    }
}

extension VaultFixture {
    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
}
