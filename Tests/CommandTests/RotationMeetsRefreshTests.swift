import Foundation
import Testing

/// A new root key while another process refreshes: the one waits for the other, and nothing is lost (SAFETY.md, Never
/// lose a token, step 1).
@Suite("A rotation while another process refreshes")
struct RotationMeetsRefreshTests {
    @Test("waits for the answer; the token is stored, and sealed anew with the rest")
    func refreshFirst() throws {
        let scene = try Scene("--refresh rotating")
        let refresh = try scene.heldBack("exec advault refresh one --force")
        let rotation = try scene.begin("exec advault key rotate")
        #expect(try isWaiting(rotation))
        #expect(try generation(scene) == 1)
        try scene.sandbox.release()

        try done(refresh, "one: refreshed, ")
        try done(rotation)
        try isWhole(scene)
    }

    @Test("lets the refresh wait, which goes on under the new key")
    func rotationFirst() throws {
        let scene = try Scene("--refresh rotating")
        let rotation = try paused("key rotate --key-command ./when-told", "cat machine.key", in: scene)
        let refresh = try scene.begin("exec advault refresh one --force")
        #expect(try isWaiting(refresh))
        try scene.must("echo > go")

        try done(rotation)
        try done(refresh, "one: refreshed, ")
        try isWhole(scene)
    }

    @Test("lets a refresh wait whose key it removes: nothing is sent, the token is not spent")
    func keyRemovedMeanwhile() throws {
        let scene = try Scene("--refresh rotating")
        try scene.playground.write("passphrase", 0o600, Playground.passphrase)
        let requests = try scene.sandbox.tokenRequests()
        let removal = try paused(
            "key remove cron --passphrase-command ./when-told", "cat passphrase", in: scene)
        let refresh = try scene.begin("exec advault refresh one --force")
        #expect(try isWaiting(refresh))
        try scene.must("echo > go")

        try done(removal)
        let refused = refresh.finish()
        #expect(refused.status == 12, "\(refused.stderr)")
        #expect(try scene.sandbox.tokenRequests() == requests)
        #expect(try scene.connection()?["state"] as? String == "ok")
        let withPassphrase =
            "env -u ADVAULT_KEY_FILE advault refresh one --force --passphrase-file passphrase"
        try scene.must(withPassphrase)
        #expect(try !scene.sandbox.log().contains { $0.event == "reused" })
    }

    /// Starts a command that holds the vault alone and then waits for its key, which comes when `go` is written to.
    private func paused(_ command: String, _ key: String, in scene: Scene) throws -> ChildProcess {
        try scene.playground.write(
            "when-told", 0o700,
            "#!/bin/sh\ncd '\(scene.folder)' && : >asked && read -r line <go && exec \(key)")
        try scene.must("mkfifo -m 600 go")
        let child = try scene.begin("exec advault \(command)")
        let isAsked = reached { FileManager.default.fileExists(atPath: scene.folder + "/asked") }
        #expect(isAsked, "the key is asked for when the vault is held: \(child.saidSoFar)")
        return child
    }

    /// Who waits for a lock sleeps again and again. A process that is on its way sleeps a few times at most.
    private func isWaiting(_ child: ChildProcess) throws -> Bool {
        reached {
            let slept = ProcessView(pid: child.pid).status("voluntary_ctxt_switches").first.flatMap {
                Int($0)
            }
            return (slept ?? 0) > 50
        }
    }

    private func done(_ child: ChildProcess, _ answer: String = "") throws {
        let outcome = child.finish()
        #expect(outcome.status == 0, "\(outcome.stderr)")
        #expect(outcome.stdout.hasPrefix(answer), "\(outcome.stdout)")
    }

    private func generation(_ scene: Scene) throws -> Int? {
        let answer = try scene.must("advault list --json").stdout
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        return (object?["vault"] as? [String: Any])?["generation"] as? Int
    }

    /// Generation 2, with the newest token of a grant that lives; and the next refresh works.
    private func isWhole(_ scene: Scene) throws {
        #expect(try generation(scene) == 2)
        try scene.must("advault verify")
        #expect(
            try scene.must("advault token one").stdout == scene.sandbox.issued("access").map { $0 + "\n" })
        #expect(try scene.sandbox.log().filter { $0.event == "spent" && $0.kind == "refresh" }.count == 1)
        try scene.must("advault refresh one --force")
        #expect(try !scene.sandbox.log().contains { $0.event == "reused" || $0.event == "revoked" })
    }
}
