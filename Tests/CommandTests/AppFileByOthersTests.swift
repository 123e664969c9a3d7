import Foundation
import Testing

/// App files of the binary's, opened by the second implementation (Tests/SecondImplementation), and its own, imported.
@Suite("App files and the second implementation")
struct AppFileByOthersTests {
    private let scene: Scene

    init() throws {
        scene = try Scene("", connected: false)
        try scene.playground.write("passphrase", 0o600, Playground.passphrase)
    }

    private var secret: String { scene.playground.secrets.last ?? "" }

    private func opened(_ file: String, _ key: String) throws -> ChildProcess.Outcome {
        try scene.run(try PythonTool.secondImplementation.command("app_file.py", "open \(file) \(key)"))
    }

    /// The public key of the slot of this kind.
    private func publicKey(_ kind: String) throws -> String {
        let answer = try scene.must("advault key list --json").stdout
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        let slots = object?["slots"] as? [[String: Any]]
        return try #require(slots?.first { $0["kind"] as? String == kind }?["public_key"] as? String)
    }

    @Test(
        "a file of the binary's opens with either kind of key, and with no other",
        arguments: [
            ("machine", "--key-file machine.key"),
            ("passphrase", "--vault home/.local/share/advault/vault.db --passphrase-file passphrase"),
        ])
    func opens(_ kind: String, _ key: String) throws {
        try scene.must("advault app export acme --to \(publicKey(kind)) --out acme.app")
        let outcome = try opened("acme.app", key)
        #expect(outcome.status == 0, "\(outcome.stderr)")
        let found = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8)) as? [String: Any]
        #expect(found?["client_secret"] as? String == secret)
        #expect(found?["client_id"] as? String == scene.playground.environment["CLIENT_ID"])
        #expect(found?["redirect_uri"] as? String == scene.playground.environment["REDIRECT_URI"])
        try scene.must("advault key generate --out other.key")
        let other = try opened("acme.app", "--key-file other.key")
        #expect(other.status == 1 && other.stderr == "refused: sealed to another key\n")
    }

    @Test("a file of the second implementation's is taken in, and its secret is right")
    func imports() throws {
        let mine = try publicKey("machine")
        try scene.must("advault app export acme --to \(mine) --out acme.app")
        let outcome = try opened("acme.app", "--key-file machine.key")
        let found = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8)) as? [String: Any]
        let profile = try #require(found?["profile"] as? String)
        let make = try PythonTool.secondImplementation.command(
            "app_file.py",
            "make --to \(mine) --secret-file secret theirs linkedin-sandbox \(profile) $CLIENT_ID $REDIRECT_URI "
                + "'r_ads r_ads_reporting' 1800000000 >theirs.app")
        try scene.must(make)
        let answer = try scene.must("advault app import theirs.app").stdout
        #expect(answer.hasPrefix("theirs: imported\n"))
        #expect(
            answer.hasSuffix(
                "  scopes:        r_ads r_ads_reporting\n  connections:   none\n  sealed:        2027-01-15T08:00:00Z\n"
            ))
        try scene.must("advault app check theirs")
    }
}
