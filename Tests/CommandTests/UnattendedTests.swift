import Foundation
import Testing

/// `advault refresh --all --due` as cron runs it: the environment holds the key and where things lie, there is no
/// terminal, and nothing on stdin.
@Suite("Unattended")
struct UnattendedTests {
    private static let binary = Playground.binaries + "/advault"

    private func refresh(_ scene: Scene, key: String) -> String {
        "exec env -i \(key) XDG_DATA_HOME=\(scene.folder)/home/.local/share "
            + "XDG_CONFIG_HOME=\(scene.folder)/home/.config XDG_STATE_HOME=\(scene.folder)/home/.local/state "
            + "'\(Self.binary)' refresh --all --due"
    }

    private static let right = "ADVAULT_KEY=\"$(cat machine.key)\""

    @Test("what is due is refreshed by one request; then nothing is due, and none is made")
    func due() throws {
        let scene = try Scene("--refresh rotating")
        try scene.makeDue()
        var before = try scene.sandbox.tokenRequests()
        let first = try scene.run(refresh(scene, key: Self.right))
        #expect(first.status == 0)
        #expect(first.stdout.hasPrefix("one: refreshed"))
        #expect(first.stderr == "")
        #expect(try scene.sandbox.tokenRequests() == before + 1)
        before += 1
        let second = try scene.run(refresh(scene, key: Self.right))
        #expect(second.status == 0)
        #expect(second.stdout == "nothing is due\n")
        #expect(second.stderr == "")
        #expect(try scene.sandbox.tokenRequests() == before)
    }

    @Test("a dead grant: 4, the provider's status and description, then the command to run")
    func deadGrant() throws {
        let scene = try Scene("")
        try scene.makeDue()
        try scene.sandbox.revoke()
        let outcome = try scene.run(refresh(scene, key: Self.right))
        #expect(outcome.status == 4)
        #expect(outcome.stdout == "")
        let lines = outcome.stderr.split(separator: "\n").map(String.init)
        #expect(lines.first?.contains("Status: 400") == true)
        #expect(
            lines.first?.contains(
                "The provided authorization grant or refresh token is invalid, expired or revoked") == true)
        #expect(lines.last == "hint: connect again: advault reconnect one")
    }

    @Test("no key source: 13, no request, nothing changed")
    func noKey() throws {
        let scene = try Scene("")
        try scene.makeDue()
        let (before, requests) = (scene.vaultFiles(), try scene.sandbox.tokenRequests())
        let outcome = try scene.run(refresh(scene, key: ""))
        #expect(outcome.status == 13)
        #expect(outcome.stderr.contains("no key source"))
        #expect(scene.vaultFiles() == before)
        #expect(try scene.sandbox.tokenRequests() == requests)
    }

    @Test("a wrong key: 12, and neither the database nor its filled -wal differs by a byte")
    func wrongKey() throws {
        let scene = try Scene("")
        // Killed while the answer is held back: the mark stands in the -wal, and nobody has moved it.
        let child = try scene.heldBack("exec advault refresh one --force")
        kill(child.pid, SIGKILL)
        #expect(child.finish().status == 128 + SIGKILL)
        try scene.sandbox.release()
        let (before, requests) = (scene.vaultFiles(), try scene.sandbox.tokenRequests())
        #expect(before.allSatisfy { $0?.isEmpty == false }, "both files hold something")

        try scene.must("advault key generate --out other.key")
        for key in ["ADVAULT_KEY=\"$(cat other.key)\"", "ADVAULT_PASSPHRASE='not the one it is'"] {
            let outcome = try scene.run(refresh(scene, key: key))
            #expect(outcome.status == 12)
            #expect(outcome.stdout == "")
            #expect(scene.vaultFiles() == before, "with \(key)")
        }
        #expect(try scene.sandbox.tokenRequests() == requests)
        // The right one finds all as it was, and mends it: a stable refresh token is not spent by use.
        #expect(try scene.run(refresh(scene, key: Self.right)).status == 0)
        #expect(try scene.connection()?["state"] as? String == "ok")
    }
}
