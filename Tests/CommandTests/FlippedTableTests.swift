import Foundation
import Testing

/// One bit of one row changed in the file: `advault verify` says so, whichever table it is.
@Suite("A flipped bit")
struct FlippedTableTests {
    struct Case: Sendable {
        let table: String
        let column: String
        var row = "TRUE"
        /// Whether the forger computes `content` anew.
        var isFitted = false
        var key = "--key-file machine.key"
        var status: Int32 = 8
        let words: String
    }

    private static let passphrase = "kind = 'passphrase'"
    private static let cases =
        [
            Case(table: "vault", column: "manifest", words: "tampered"),
            Case(table: "lineage", column: "root_public", words: "damaged"),
            Case(table: "slot", column: "wrapped_root", words: "damaged"),
            Case(table: "app", column: "body", words: "does not open"),
            Case(table: "connection", column: "body", words: "does not open"),
            Case(table: "event", column: "chain", words: "tampered"),
        ] + [
            Case(table: "lineage", column: "root_public", isFitted: true, words: "tampered"),
            Case(table: "slot", column: "wrapped_root", isFitted: true, words: "tampered"),
            Case(table: "app", column: "head", isFitted: true, words: "tampered"),
            Case(table: "connection", column: "head", isFitted: true, words: "tampered"),
        ] + [
            // With the passphrase itself nobody can tell an altered slot from a wrong passphrase; a machine can.
            Case(
                table: "slot", column: "sealed_identity", row: passphrase,
                key: "--passphrase-file passphrase",
                words: "damaged"),
            Case(
                table: "slot", column: "sealed_identity", row: passphrase, isFitted: true,
                key: "--passphrase-file passphrase", status: 12, words: "wrong, or this slot was altered"),
            Case(
                table: "slot", column: "sealed_identity", row: passphrase, isFitted: true, words: "tampered"),
        ]

    @Test("is refused in each of the six tables")
    func tables() throws {
        #expect(Set(Self.cases.map(\.table)).count == 6)
        let scene = try Scene("--refresh rotating")
        try scene.must("advault refresh one --force")
        try scene.playground.write("passphrase", 0o600, Playground.passphrase)
        try issuedIsRead(scene)
        for (number, item) in Self.cases.enumerated() {
            let copy = "\(scene.folder)/copy-\(number)"
            try scene.must("mkdir -m 700 \(copy) && cp -p '\(scene.vaultFolder)/vault.db' \(copy)/")
            let verify = "advault verify --vault \(copy)/vault.db"
            if item.key.contains("machine") { try scene.must("\(verify) \(item.key)") }
            try scene.must(
                PythonTool.secondImplementation.command(
                    "flip.py",
                    "\(copy)/vault.db \(item.table) \(item.column) --where \"\(item.row)\" "
                        + (item.isFitted ? "--fit" : "")))
            let outcome = try scene.run("exec env -u ADVAULT_KEY_FILE \(verify) \(item.key)")
            #expect(outcome.status == item.status, "\(item): \(outcome.stderr)")
            #expect(outcome.stdout == "", "\(item)")
            #expect(outcome.stderr.contains(item.words), "\(item): \(outcome.stderr)")
            let isSaid = ["damaged", "tampered", "altered"].contains { outcome.stderr.contains($0) }
            #expect(isSaid, "\(item): \(outcome.stderr)")
        }
    }

    /// The tool knows the format: what it reads is what the server issued last.
    private func issuedIsRead(_ scene: Scene) throws {
        for key in ["--key-file machine.key", "--passphrase-file passphrase"] {
            let reader = try PythonTool.secondImplementation.command(
                "vault_reader.py", "'\(scene.vaultFolder)/vault.db' --verify \(key)")
            let answer = try JSONSerialization.jsonObject(with: Data(try scene.must(reader).stdout.utf8))
            let found = answer as? [String: Any]
            let secrets = { (table: String) in
                (found?[table] as? [[String: Any]])?.first?["secrets"] as? [String: String]
            }
            #expect(secrets("apps") == ["client_secret": scene.clientSecret])
            #expect(secrets("connections")?["access_token"] == (try scene.sandbox.issued("access")))
            #expect(secrets("connections")?["refresh_token"] == (try scene.sandbox.issued("refresh")))
        }
    }
}
