@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// A second implementation of the format, in Python, written from SECURITY.md by someone who had not seen this code.
///
/// It fails, and is not skipped, where its environment cannot be made: apt-get install python3-venv.
@Suite("The second implementation")
struct SecondImplementationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func run(_ program: String, _ arguments: [String], _ environment: [String: String] = [:])
        throws
        -> (status: Int32, output: String)
    {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private static let python: String? = {
        let folder = root.appending(path: "Tests/SecondImplementation")
        let made = try? run(
            root.appending(path: "Tests/venv.sh").path,
            [
                folder.appending(path: "requirements.txt").path,
                root.appending(path: ".build/second-venv").path,
            ])
        guard let made, made.status == 0 else { return nil }
        return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    @Test("passes its own checks, and tampers with a vault of ours in over 1,000 ways")
    func selftest() throws {
        let python = try #require(Self.python, "no Python environment: apt-get install python3-venv")
        let fixture = try VaultFixture()
        let script = Self.root.appending(path: "Tests/SecondImplementation/selftest.py").path
        let result = try Self.run(python, [script], ["ADVAULT_SAMPLE": fixture.path])
        #expect(result.status == 0)
        print("second implementation, cases:\n" + result.output)
    }

    @Test("gives the answers and secrets of the test kit")
    func kit() throws {
        let python = try #require(Self.python, "no Python environment: apt-get install python3-venv")
        let script = Self.root.appending(path: "Tests/SecondImplementation/kit.py").path
        let result = try Self.run(python, ["-B", script, VectorKit.folder.path])
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("kit: \(VectorKit.vectors.count) of \(VectorKit.vectors.count) "))
    }

    @Test("reads rows that changed, lost their secrets and failed, and a -wal that was not yet moved")
    func variety() throws {
        let python = try #require(Self.python, "no Python environment: apt-get install python3-venv")
        let fixture = try VaultFixture()
        try fixture.unlock { (vault) throws(VaultError) in
            var row = vault.connection(named: "member-1")!
            (row.pending, row.lastError, row.state) = (5, .network, .interrupted)
            try vault.commit(
                .replaceConnection(row, ConnectionSecrets()),
                Event(.refresh, .interrupted, connection: row.id),
                now: 6)
            try vault.commit(
                .addApp(
                    AppRow(
                        id: try RowID.random(), name: "öffentlich", provider: "other",
                        profile: Array(repeating: 1, count: 32), clientID: "public",
                        redirectURI: "http://localhost:1/callback/other", scopes: ""),
                    AppSecrets(clientSecret: nil)), Event(.appAdd, .ok), now: 7)
            // Still open: what was committed stands in the -wal.
            do {
                let found = try Self.read(python, fixture)
                #expect(found["epoch"] as? Int == 7)
                let connections = found["connections"] as? [[String: Any]]
                #expect(connections?.count == 2)
                let first = connections?.first { $0["name"] as? String == "member-1" }
                #expect(first?["pending"] as? Int == 5)
                #expect(first?["state"] as? String == "interrupted")
                #expect((found["apps"] as? [[String: Any]])?.count == 2)
            } catch { Issue.record(error) }
        }
        let wal = try #require(
            FileManager.default.attributesOfItem(atPath: fixture.path + "-wal")[.size] as? Int)
        #expect(wal == 0, "closing moves the -wal into the file")
        #expect(try Self.read(python, fixture)["epoch"] as? Int == 7)
    }

    private static func read(_ python: String, _ fixture: VaultFixture) throws -> [String: Any] {
        let key = fixture.folder + "/machine.key"
        let identity = try fixture.identity()
        let text: SecretBytes? = try MachineKey.secretText(of: identity)
        try Data((VaultFixture.text(text) ?? "").utf8).write(to: URL(fileURLWithPath: key))
        let script = root.appending(path: "Tests/SecondImplementation/vault_reader.py").path
        let result = try run(python, [script, fixture.path, "--key-file", key, "--verify"])
        #expect(result.status == 0)
        return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
    }
}
