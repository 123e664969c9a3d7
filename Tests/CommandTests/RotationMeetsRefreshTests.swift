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
        let rotation = try paused("key rotate", in: scene)
        let refresh = try scene.begin("exec advault refresh one --force")
        #expect(try isWaiting(refresh))
        kill(rotation.pid, SIGCONT)

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
            "key remove cron --passphrase-file passphrase", in: scene)
        let refresh = try scene.begin("exec advault refresh one --force")
        #expect(try isWaiting(refresh))
        kill(removal.pid, SIGCONT)

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

    @Test("goes on after a killed refresh only where that is given up", arguments: ["", "--dry-run"])
    func killedRefresh(_ dryRun: String) throws {
        let scene = try Scene("--refresh rotating")
        let refresh = try scene.heldBack("exec advault refresh one --force")
        kill(refresh.pid, SIGKILL)
        _ = refresh.finish()
        let refused = try scene.run("advault key rotate \(dryRun)")
        #expect(refused.status == 1)
        #expect(refused.stderr.contains("a refresh of one was begun and its end is not known"))
        #expect(
            refused.stderr.contains(
                "hint: store the record: advault recover FILE; where there is none: advault refresh one, or advault "
                    + "test one; to give it up: --abandon-pending"))
        #expect(try generation(scene) == 1)
        let given = try scene.must("advault key rotate --abandon-pending \(dryRun)")
        #expect(given.stderr.contains("can never be stored after this"))
        if dryRun.isEmpty {
            #expect(try generation(scene) == 2)
            #expect(try scene.run("advault refresh one").status == 4)
            // Interrupted, it is only told.
            #expect(try scene.must("advault key rotate").stderr.contains("a refresh of one had no known end"))
        }
    }

    /// Starts a command and stops it where it holds the vault alone: another holds SQLite's own lock until then, so that
    /// it cannot be over before.
    private func paused(_ command: String, in scene: Scene) throws -> ChildProcess {
        let writer = try scene.beginWriting()
        let child = try scene.begin("exec advault \(command)")
        let holds = try reached { try holders(of: scene.vaultFolder + "/vault.db.lock").contains(child.pid) }
        #expect(holds, "\(child.saidSoFar)")
        kill(child.pid, SIGSTOP)
        let isStopped = reached { ProcessView(pid: child.pid).status("State").first == "T" }
        #expect(isStopped)
        try scene.letGo(writer)
        return child
    }

    /// Who holds it for writing: the POSIX lock that advault puts up as a nameplate.
    private func holders(of path: String) throws -> Set<pid_t> {
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        let table = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
        return Set(
            table.split(separator: "\n").compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count >= 6, fields[1] == "POSIX", fields[3] == "WRITE",
                    fields[5].hasSuffix(":\(status.st_ino)")
                else { return nil }
                return pid_t(fields[4])
            })
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
