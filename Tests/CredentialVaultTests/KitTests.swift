import CredentialVault
import Foundation
import Secrets
import Testing

/// The test kit of keys/vectors, made by `advault-vectors` from SECURITY.md without this module's code.
enum VectorKit {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "keys/vectors")

    struct Index: Decodable {
        let vectors: [Vector]
    }

    struct Vector: Decodable, CustomStringConvertible, Sendable {
        let name: String
        let file: String
        let passphrase: String?
        let machine_key: String?
        let slot: String?
        let pinned_vault_id: String?
        let answer: String
        let vault_id: String?
        let generation: Int64?
        let apps: [Row]?
        let connections: [Row]?

        var description: String { name }
    }

    struct Row: Decodable, Equatable, Sendable {
        let name: String
        let secrets: [String: String]
    }

    static let vectors: [Vector] = {
        // Without its index there is no kit, and every test of it has to fail.
        try! JSONDecoder().decode(Index.self, from: Data(contentsOf: folder.appending(path: "index.json")))
            .vectors
    }()
}

@Suite("The test kit of the format")
struct KitTests {
    @Test(
        "every vector gives its answer, its secrets, and no change of the file", arguments: VectorKit.vectors)
    func vector(_ vector: VectorKit.Vector) throws {
        let vault = try CopiedVector(vector)
        let before = try vault.bytes()
        #expect(try vault.answer() == vector.answer)
        #expect(try vault.bytes() == before)
        if vector.answer != "success" { #expect(vault.wal() == 0, "a refusal wrote a -wal") }
    }

    @Test("has every file of its folder in its index, and four refusals for each success at least")
    func whole() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: VectorKit.folder.path)
        #expect(Set(files) == Set(VectorKit.vectors.map(\.file) + ["index.json"]))
        #expect(Set(VectorKit.vectors.map(\.name)).count == VectorKit.vectors.count)
        let successes = VectorKit.vectors.count { $0.answer == "success" }
        #expect(successes > 0)
        #expect(VectorKit.vectors.count - successes >= 4 * successes)
        print("vectors: vault format \(VectorKit.vectors.count) of \(VectorKit.vectors.count)")
    }
}

/// A vector's file where a vault may stand: 0600 in a folder of 0700 of its own.
private final class CopiedVector {
    private let vector: VectorKit.Vector
    private let folder: String
    private var path: String { folder + "/vault.db" }

    init(_ vector: VectorKit.Vector) throws {
        self.vector = vector
        folder = NSTemporaryDirectory() + "advault-kit-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        _ = FileManager.default.createFile(
            atPath: path, contents: try Data(contentsOf: VectorKit.folder.appending(path: vector.file)),
            attributes: [.posixPermissions: 0o600])
    }

    func bytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// The size of the -wal; 0 where there is none.
    func wal() -> Int { FileManager.default.contents(atPath: path + "-wal")?.count ?? 0 }

    /// The index's word for what opening and `verify` come to. What was found is held to the index on the way.
    func answer() throws -> String {
        let pin = vector.pinned_vault_id.flatMap(VaultID.init(text:))
        let options = UnlockOptions(slot: vector.slot, pin: pin)
        do throws(VaultError) {
            try Vault.withUnlocked(at: path, with: try key(), options: options) {
                (vault) throws(VaultError) in
                try vault.verify()
                try compare(&vault)
            }
            return "success"
        } catch .damaged {
            return "damaged"
        } catch .tampered {
            return "tampered"
        } catch .wrongKey {
            return "wrong-key"
        } catch .newerFormat {
            return "newer-format"
        } catch .tooCostly {
            return "too-costly"
        } catch {
            // No answer of the kit: shown as it is, where the expectation fails.
            return "\(error)"
        }
    }

    private func key() throws(VaultError) -> UnlockKey {
        do throws(SecretsError) {
            if let passphrase = vector.passphrase {
                let bytes = Array(passphrase.utf8)
                return .passphrase(try SecretBytes(copying: bytes.span.bytes))
            }
            let bytes = Array((vector.machine_key ?? "").utf8)
            return .machine(try MachineKey.identity(parsing: SecretBytes(copying: bytes.span.bytes)))
        } catch { throw .secrets(error) }
    }

    private func compare(_ vault: inout OpenVault) throws(VaultError) {
        #expect(vault.header.id.text == vector.vault_id)
        #expect(vault.header.generation == vector.generation)
        var apps: [VectorKit.Row] = []
        for app in vault.apps {
            let secrets = try vault.secrets(of: app)
            apps.append(row(app.name, ["client_secret": VaultFixture.text(secrets.clientSecret)]))
        }
        #expect(apps == vector.apps)
        var connections: [VectorKit.Row] = []
        for connection in vault.connections {
            let secrets = try vault.secrets(of: connection)
            connections.append(
                row(
                    connection.name,
                    [
                        "access_token": VaultFixture.text(secrets.accessToken),
                        "refresh_token": VaultFixture.text(secrets.refreshToken),
                        "account": VaultFixture.text(secrets.account),
                    ]))
        }
        #expect(connections == vector.connections)
    }

    private func row(_ name: String, _ secrets: [String: String?]) -> VectorKit.Row {
        VectorKit.Row(name: name, secrets: secrets.compactMapValues { $0 })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}
