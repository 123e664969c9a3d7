@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// App files: one text for one file, whole or refused, opened by one key alone.
@Suite("App files")
struct AppFileTests {
    private static let now: Int64 = 1_800_000_000
    private static let clientSecret = "client-secret-of-agency"

    private static func identity(_ byte: UInt8) throws -> Identity {
        let bytes = [UInt8](repeating: byte, count: 32)
        return try Identity(secret: SecretBytes(copying: bytes.span.bytes))
    }

    /// The app of the fixture, sealed to `identity(3)`.
    private static func exported(_ fixture: VaultFixture) throws -> AppFile {
        let receiver = try identity(3).publicKey
        return try fixture.unlock { (vault) throws(VaultError) in
            guard let app = vault.app(named: "agency") else { throw .changedMeanwhile }
            return try vault.export(app, to: receiver, now: now)
        }
    }

    private static func opened(_ file: AppFile, _ identity: borrowing Identity) -> Result<String?, VaultError>
    {
        do throws(VaultError) {
            return .success(VaultFixture.text(try file.open(with: identity).clientSecret))
        } catch { return .failure(error) }
    }

    private static func json(_ file: AppFile) throws -> [UInt8] {
        try #require(Base64URL.decode(String(file.text.dropFirst(AppFile.prefix.count))))
    }

    private static func text(_ json: [UInt8]) -> String { AppFile.prefix + Base64URL.encode(json) }
    private static func text(_ json: String) -> String { text(Array(json.utf8)) }

    // MARK: Whole

    @Test("a file and its text are each other's, and it opens with the receiver's key")
    func roundTrip() throws {
        let fixture = try VaultFixture.copy()
        let file = try Self.exported(fixture)
        #expect(file.text.hasPrefix("ADVAULT-APP-1 "))
        #expect(try AppFile(text: file.text) == file)
        #expect(try AppFile(text: "\r\n\t " + file.text + "\n") == file)
        let app = try #require(try Vault.readLocked(at: fixture.path).app(named: "agency"))
        #expect(file.name == app.name && file.provider == app.provider && file.profile == app.profile)
        #expect(file.clientID == app.clientID && file.redirectURI == app.redirectURI)
        #expect(file.scopes == app.scopes && file.createdAt == Self.now)
        let identity = try Self.identity(3)
        #expect(file.receiver == identity.publicKey)
        #expect(Self.opened(file, identity) == .success(Self.clientSecret))
        #expect(!file.text.contains(Self.clientSecret))
        #expect(!String(decoding: try Self.json(file), as: UTF8.self).contains(Self.clientSecret))
    }

    @Test("two files of one app differ, and secrets of like lengths have one size")
    func sizes() throws {
        let (row, receiver) = (Self.row("x"), try Self.identity(3).publicKey)
        for (secret, size) in [(nil, 560), ("x", 560), (String(repeating: "x", count: 507), 560)] {
            let one = try Self.sealed(secret, row, receiver)
            #expect(one.sealed.count == size)
            #expect(try one != Self.sealed(secret, row, receiver))
            #expect(Self.opened(one, try Self.identity(3)) == .success(secret))
        }
        for count in [508, 7_000] {
            let secret = String(repeating: "x", count: count)
            let file = try AppFile(text: Self.sealed(secret, row, receiver).text)
            #expect(file.sealed.count == (count == 508 ? 1_072 : 7_216))
            #expect(Self.opened(file, try Self.identity(3)) == .success(secret))
        }
    }

    @Test("the longest file fits the limit")
    func longest() throws {
        let text = String(repeating: "\u{1}", count: 1_024)
        var row = Self.row(text)
        (row.provider, row.clientID, row.redirectURI) = (text, text, text)
        row.scopes = String(repeating: text, count: 4)
        row.profile = Array(repeating: 255, count: 32)
        let secret = AppSecrets(clientSecret: VaultFixture.secret(String(repeating: "x", count: 7_000)))
        let file = try AppFile.seal(secret, of: row, to: Self.identity(3).publicKey, now: .max)
        #expect(file.text.utf8.count <= AppFile.maximumBytes)
        #expect(try AppFile(text: file.text) == file)
    }

    @Test("every column of an app travels, but for what is the vault's own")
    func columns() {
        let own: Set<String> = ["app_id", "version", "created_at", "updated_at"]
        let travelling = Schema.columns(of: .app).map(\.name).filter { !own.contains($0) }
        #expect(AppFile.columns.map(\.name) == travelling + ["receiver", "created_at"])
    }

    // MARK: Altered

    @Test("each clear member edited, alone: refused")
    func edited() throws {
        let file = try Self.exported(VaultFixture.copy())
        let identity = try Self.identity(3)
        for index in file.clear.indices {
            var clear = file.clear
            switch clear[index] {
            case .text(let text): clear[index] = .text(text + "x")
            case .blob(let bytes): clear[index] = .blob(bytes.map { $0 ^ 1 })
            case .integer(let number): clear[index] = .integer(number + 1)
            case .null: Issue.record("no member is null")
            }
            let edited = try #require(AppFile(clear, sealed: file.sealed))
            let read = try AppFile(text: edited.text)
            #expect(read == edited)
            let isReceiver = AppFile.columns[index].name == "receiver"
            #expect(
                Self.opened(read, identity)
                    == .failure(
                        .appFile(isReceiver ? .anotherReceiver(read.receiver, .noSlot) : .doesNotOpen)),
                "\(AppFile.columns[index].name)")
        }
    }

    @Test("each bit of the sealed part flipped: refused")
    func flipped() throws {
        let file = try Self.exported(VaultFixture.copy())
        let identity = try Self.identity(3)
        for bit in 0..<file.sealed.count * 8 {
            var sealed = file.sealed
            sealed[bit / 8] ^= 1 << UInt8(bit % 8)
            let altered = try #require(AppFile(file.clear, sealed: sealed))
            #expect(Self.opened(altered, identity) == .failure(.appFile(.doesNotOpen)), "bit \(bit)")
        }
    }

    @Test("each byte of the JSON altered, and each length cut off: refused")
    func bytes() throws {
        let file = try Self.exported(VaultFixture.copy())
        let identity = try Self.identity(3)
        var json = try Self.json(file)
        for index in json.indices {
            json[index] ^= 1
            let altered = try? AppFile(text: Self.text(json))
            json[index] ^= 1
            guard let altered else { continue }
            guard case .failure = Self.opened(altered, identity) else {
                Issue.record("byte \(index) was altered and the file opened")
                continue
            }
        }
        let text = file.text
        for count in 0..<text.utf8.count {
            #expect(throws: VaultError.appFile(.malformed)) { try AppFile(text: String(text.prefix(count))) }
        }
    }

    @Test("another JSON than the one spelling: refused")
    func malformed() throws {
        let file = try Self.exported(VaultFixture.copy())
        let json = String(decoding: try Self.json(file), as: UTF8.self)
        #expect(try AppFile(text: Self.text(json)) == file)
        let scopes = #""scopes":"r_ads r_ads_reporting""#
        let altered = [
            json.replacing("{", with: "{ "), json.replacing(scopes, with: scopes + #","more":"1""#),
            json.replacing(scopes, with: scopes + "," + scopes), json.replacing(scopes + ",", with: ""),
            json.replacing(scopes, with: #""scopes":null"#), json.replacing(scopes, with: #""scopes":1"#),
            json.replacing(#""client_id":"client-1""#, with: #""client_id":"""#),
            json.replacing(#""client_id":"client-1""#, with: #""client_id":"client\u002d1""#),
            json.replacing(#""client_id":"client-1""#, with: "\"client_id\":\"client\u{0}1\""),
            json.replacing(#""client_id":"client-1""#, with: #""client_id":"client\u00001""#),
            json.replacing(#""client_id""#, with: #""clientId""#),
            json.replacing(#""provider":"linkedin-ads","#, with: "").replacing(
                #""sealed""#, with: #""provider":"linkedin-ads","sealed""#),
            json.replacing("1800000000", with: "01800000000"), json.replacing("1800000000", with: "-1"),
            json.replacing("1800000000", with: "1.8e9"), json.replacing("1800000000", with: #""1800000000""#),
            json.replacing(#"CQk","client_id""#, with: #"CQk=","client_id""#), json + "\n",
            String(json.dropLast()),
            json.replacing("\"}", with: "\"}}"), "{}", "[]", "",
        ]
        for other in altered {
            #expect(other != json)
            #expect(throws: VaultError.appFile(.malformed), "\(other.prefix(90))") {
                try AppFile(text: Self.text(other))
            }
        }
        // Not UTF-8, in a text.
        var bytes = Array(json.utf8)
        bytes[try #require(bytes.firstRange(of: Array("client-1".utf8))).lowerBound] = 0xFF
        #expect(throws: VaultError.appFile(.malformed)) { try AppFile(text: Self.text(bytes)) }
        for count in [0, 47, 48, 559, 561, 7_215, 7_728] {
            #expect(AppFile(file.clear, sealed: [UInt8](repeating: 1, count: count)) == nil, "\(count)")
        }
    }

    @Test("another line than the one text: refused, and a newer version is called so")
    func lines() throws {
        let text = try Self.exported(VaultFixture.copy()).text
        for other in [
            text + "=", text + "\n" + text, text.replacing(" ", with: "  "), text.replacing(" ", with: "\n"),
            text.lowercased(), String(text.dropFirst()), text.replacing("-APP-1", with: "-APP-01"),
            text.replacing("-APP-1", with: "-APP-0"), text.replacing("-APP-1", with: "-APP-"),
            text.replacing("-APP-1", with: "-APP-1234567"), text.replacing("-APP-1 ", with: "-APP-2"),
            text.replacing("APP", with: "RECOVERY"), "ADVAULT-APP-1", "ADVAULT-APP-1 ", "ADVAULT-APP-2",
        ] {
            #expect(throws: VaultError.appFile(.malformed), "\(other.prefix(30))") {
                try AppFile(text: other)
            }
        }
        for version in [2, 10, 999_999] {
            #expect(throws: VaultError.appFile(.newerVersion(version))) {
                try AppFile(text: text.replacing("-APP-1", with: "-APP-\(version)"))
            }
        }
        let much = AppFile.prefix + String(repeating: "A", count: AppFile.maximumBytes)
        for other in [much, much.replacing("-APP-1", with: "-APP-2"), String(repeating: much, count: 20)] {
            #expect(throws: VaultError.appFile(.tooLarge)) { try AppFile(text: other) }
        }
    }

    @Test("sealed under the right context by somebody who frames it otherwise: refused")
    func badlyMade() throws {
        let file = try Self.exported(VaultFixture.copy())
        let identity = try Self.identity(3)
        let framings: [[UInt8]] = [
            [2, 0, 0, 0, 1, 65], [1, 0, 0, 0, 0], [1, 0, 0, 2, 0], [0, 1],
            [1, 0, 0, 0, 1, 65, 1, 0, 0, 0, 1, 65],
        ]
        for framing in framings + [Array(repeating: 0, count: 1_024)] {
            let size = max(512, framing.count)
            let padded = framing + [UInt8](repeating: 0, count: size - framing.count)
            let sealed = try HPKE.seal(
                SecretBytes(copying: padded.span.bytes), to: file.receiver,
                info: AppFile.context(of: file.clear))
            let made = try #require(AppFile(file.clear, sealed: sealed))
            #expect(Self.opened(made, identity) == .failure(.appFile(.doesNotOpen)), "\(framing.prefix(12))")
        }
    }

    // MARK: Keys

    @Test("another key opens nothing, and a slot that has the right one is named")
    func anotherKey() throws {
        let fixture = try VaultFixture.copy()
        let file = try Self.exported(fixture)
        #expect(
            Self.opened(file, try Self.identity(4))
                == .failure(.appFile(.anotherReceiver(file.receiver, .noSlot))))
        let slots = try Vault.readLocked(at: fixture.path).slots
        for slot in slots {
            let sealed = try Self.sealed("secret", Self.row("x"), slot.publicKey)
            let other: VaultError = .appFile(
                .anotherReceiver(slot.publicKey, .slot(slot.kind, label: slot.label)))
            try fixture.unlock { (vault) throws(VaultError) in
                #expect(
                    Self.read(sealed, vault) == (slot.kind == .machine ? .success("secret") : .failure(other))
                )
            }
            try fixture.unlockWithPassphrase { (vault) throws(VaultError) in
                #expect(
                    Self.read(sealed, vault)
                        == (slot.kind == .passphrase ? .success("secret") : .failure(other)))
            }
        }
    }

    @Test("an export is an event; one that fails is none, and the vault stays as it is")
    func events() throws {
        let fixture = try VaultFixture.copy()
        let before = try Vault.readLocked(at: fixture.path)
        _ = try Self.exported(fixture)
        let after = try Vault.readLocked(at: fixture.path)
        #expect(after.events == before.events + 1 && after.header.epoch == before.header.epoch + 1)
        #expect(after.apps == before.apps)
        var operations: [CredentialVault.Operation] = []
        _ = try Vault.walkJournal(at: fixture.path) { operations.append($0.operation) }
        #expect(operations.last == .appExport)
        // A point of order 8: whatever is sealed to it, everybody opens.
        let order8: [UInt8] = [
            0xE0, 0xEB, 0x7A, 0x7C, 0x3B, 0x41, 0xB8, 0xAE, 0x16, 0x56, 0xE3, 0xFA, 0xF1, 0x9F, 0xC4, 0x6A,
            0xDA,
            0x09, 0x8D, 0xEB, 0x9C, 0x32, 0xB1, 0xFD, 0x86, 0x62, 0x05, 0x16, 0x5F, 0x49, 0xB8, 0x00,
        ]
        #expect(throws: VaultError.secrets(.authenticationFailed(.hpke))) {
            try fixture.unlock { (vault) throws(VaultError) in
                guard let app = vault.app(named: "agency") else { throw .changedMeanwhile }
                _ = try vault.export(app, to: order8, now: Self.now)
            }
        }
        #expect(try Vault.readLocked(at: fixture.path) == after)
    }

    private static func row(_ name: String) -> AppRow {
        AppRow(
            id: RowID(bytes: Array(repeating: 1, count: 16))!, name: name, provider: "p",
            profile: Array(repeating: 9, count: 32), clientID: "c", redirectURI: "http://localhost/",
            scopes: "")
    }

    private static func sealed(_ secret: String?, _ row: AppRow, _ receiver: [UInt8]) throws -> AppFile {
        try AppFile.seal(
            AppSecrets(clientSecret: secret.map { VaultFixture.secret($0) }), of: row, to: receiver, now: now)
    }

    private static func read(_ file: AppFile, _ vault: borrowing OpenVault) -> Result<String?, VaultError> {
        do throws(VaultError) {
            return .success(VaultFixture.text(try vault.secrets(in: file).clientSecret))
        } catch { return .failure(error) }
    }
}
