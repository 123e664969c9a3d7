import Foundation
import Testing

/// A vault that the binary made, app and connection included, opened by the second implementation
/// (Tests/SecondImplementation) with either kind of slot.
@Suite("A vault of the binary's, read by others")
struct BinaryVaultTests {
    private static let reader = ThirdPartyServer.folder.deletingLastPathComponent()
        .appending(path: "SecondImplementation")

    private let playground: Playground

    init() throws {
        playground = try Playground()
        if let vault = try Fixture.named("vault") { try playground.use(vault) }
        try playground.startSandbox("--consent approve")
        try run(
            "advault app add acme --provider linkedin-sandbox --client-id $CLIENT_ID --client-secret-file secret "
                + "--redirect-uri $REDIRECT_URI")
        try run("advault connect one --no-browser", [.init(text: "http://", act: .visit(Browser()))])
        try run("advault refresh one --force")
        try playground.write("passphrase", 0o600, Playground.passphrase)
        try playground.write("wrong", 0o600, "another passphrase")
    }

    @Test(
        "either kind of slot opens it", arguments: ["--key-file machine.key", "--passphrase-file passphrase"])
    func opens(_ key: String) throws {
        let answer = try read(key, ends: 0)
        let found = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        #expect(found?["verified"] as? Bool == true)
        #expect(secrets(found, of: "apps").contains { $0.value == playground.secrets.last })
        let token = try run("advault token one").stdout.trimmingCharacters(in: .newlines)
        #expect(secrets(found, of: "connections").contains { $0.value == token })
    }

    @Test("a wrong passphrase opens nothing")
    func refuses() throws { try read("--passphrase-file wrong", ends: 12) }

    private func secrets(_ found: [String: Any]?, of table: String) -> [(key: String, value: String)] {
        let row = (found?[table] as? [[String: Any]])?.first
        return (row?["secrets"] as? [String: String] ?? [:]).map { $0 }
    }

    @discardableResult
    private func read(_ key: String, ends status: Int32) throws -> String {
        let requirements = Self.reader.appending(path: "requirements.txt").path
        let venv = Self.reader.appending(path: "../../.build/second-venv").standardized.path
        return try run(
            "python=$('\(Self.reader.path)/../venv.sh' '\(requirements)' '\(venv)') && "
                + "$python -B '\(Self.reader.path)/vault_reader.py' home/.local/share/advault/vault.db --verify \(key)",
            ends: status
        ).stdout
    }

    @discardableResult
    private func run(
        _ command: String, _ reactions: [ChildProcess.Reaction] = [], ends status: Int32 = 0
    ) throws -> ChildProcess.Outcome {
        let outcome = try ChildProcess.run(
            command, environment: playground.environment, terminal: false, reactions: reactions)
        #expect(outcome.status == status, "\(command)\n\(outcome.stderr)")
        return outcome
    }
}
