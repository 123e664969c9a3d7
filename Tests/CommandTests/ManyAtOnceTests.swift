import Foundation
import Testing

/// `refresh --all --jobs`: the program, a strictly rotating server that ends a grant when a refresh token comes twice,
/// and its log as the judge.
@Suite("Many connections at once")
struct ManyAtOnceTests {
    private func scene(_ count: Int) throws -> Scene {
        let scene = try Scene("--refresh rotating", connected: false)
        try scene.mint(count)
        return scene
    }

    /// The tokens that were spent, the families that saw one twice, and what the vault must hold now.
    private func judge(_ scene: Scene, spent count: Int) throws {
        let log = try scene.sandbox.log()
        let spent = log.filter { $0.event == "spent" }.compactMap(\.token)
        #expect(spent.count == count && Set(spent).count == count)
        #expect(!log.contains { $0.event == "reused" || $0.event == "revoked" })
        let newest = Dictionary(
            log.filter { $0.event == "issued" && $0.kind == "refresh" }.map { ($0.family, $0.token ?? "") }
        ) { $1 }
        let held = try scene.refreshTokens()
        #expect(Set(held.values) == Set(newest.values))
    }

    @Test("64 connections, 16 in flight, 16 connections kept alive, each token spent once")
    func sixteen() throws {
        let scene = try scene(64)
        try scene.sandbox.hold("token", times: 64)
        let child = try scene.begin("exec advault refresh --all --force --jobs 16")
        for _ in 0..<4 {
            // Each answer waits until sixteen requests are there.
            child.follow { (try? scene.sandbox.held()) == 16 }
            #expect(try scene.sandbox.held() == 16)
            try scene.sandbox.release()
        }
        let outcome = child.finish()
        #expect(outcome.status == 0)
        #expect(outcome.stdout.split(separator: "\n").count == 64)
        #expect(outcome.stderr == "advault: 64 connections: 64 refreshed\n")
        let load = try scene.sandbox.tokenLoad()
        #expect(load.most == 16 && load.connections == 16)
        try judge(scene, spent: 64)
    }

    @Test("one connection's failure among many; --quiet says that alone")
    func oneFails() throws {
        let scene = try scene(12)
        // The third answer; in whose place it comes is chance.
        try scene.sandbox.fail(
            #"{"endpoint":"token","skip":2,"status":400,"body":"{\"error\":\"invalid_grant\"}"}"#)
        let outcome = try scene.run("advault refresh --all --force --jobs 4 --quiet")
        #expect(outcome.status == 4 && outcome.stdout == "")
        #expect(outcome.stderr.contains("advault: 12 connections: 11 refreshed, 1 failed\n"))
        #expect(outcome.stderr.components(separatedBy: "reconnect").count == 2)
        try judge(scene, spent: 11)
        #expect(try scene.rows().values.filter { $0["state"] as? String == "reconnect" }.count == 1)
        // The others go on, and silently.
        try scene.must("advault refresh $(seq -f c%g 100 111) --force --quiet || test $? = 4")
    }

    @Test("silent on success with --quiet, wherever stderr leads")
    func quiet() throws {
        let scene = try scene(3)
        let outcome = try ChildProcess.run(
            "advault refresh --all --force --quiet 2>/dev/tty",
            environment: scene.playground.environment, terminal: true)
        #expect(outcome.status == 0)
        #expect(outcome.stdout + outcome.stderr + outcome.terminal == "")
    }

    @Test("a progress line on a terminal and none elsewhere")
    func progress() throws {
        let scene = try scene(3)
        let outcome = try ChildProcess.run(
            "advault refresh --all --force 2>/dev/tty", environment: scene.playground.environment,
            terminal: true)
        #expect(outcome.terminal.contains("\r0 of 3 done, 1 in flight"))
        #expect(outcome.terminal.contains("\r3 of 3 done, 0 in flight"))
        // Wiped before anything else is said.
        #expect(outcome.terminal.hasSuffix(" \radvault: 3 connections: 3 refreshed\r\n"))
        let piped = try scene.run("advault refresh --all --force")
        #expect(piped.stderr == "advault: 3 connections: 3 refreshed\n")
    }

    @Test(
        "signals in the middle: what was sent is stored, the rest is as it was", arguments: [SIGINT, SIGTERM])
    func interrupted(_ number: Int32) throws {
        let scene = try scene(10)
        let before = try scene.refreshTokens()
        try scene.sandbox.hold("token", times: 4)
        let child = try scene.begin("exec advault refresh --all --force --jobs 4")
        child.follow { (try? scene.sandbox.held()) == 4 }
        kill(child.pid, number)
        child.follow { child.saidSoFar.contains("waiting for 4 answers") }
        // A second one does not abandon what was sent.
        kill(child.pid, number)
        child.follow { child.saidSoFar.contains("still waiting for 4 answers") }
        try scene.sandbox.release()
        let outcome = child.finish()
        #expect(outcome.status == 128 + number)
        #expect(outcome.stderr.contains("interrupted: 6 of 10 connections not tried"))
        #expect(outcome.stdout.split(separator: "\n").count == 4)
        try judge(scene, spent: 4)
        let after = try scene.refreshTokens()
        #expect(before.filter { after[$0.key] == $0.value }.count == 6)
        #expect(try scene.rows().values.allSatisfy { $0["state"] as? String == "ok" })
        // Another run takes the rest and nothing twice.
        try scene.must("advault refresh --all")
        try judge(scene, spent: 10)
    }

    @Test("another program writes: every answer is in the spool before it ends, and in the vault after it")
    func anotherWriter() throws {
        let scene = try scene(6)
        let (child, writer) = try answeredWhileAnotherWrites(scene)
        let magic = Data("ADVAULT-RECOVERY-1".utf8)
        let areSpooled = reached {
            let spool = FileManager.default.contents(atPath: scene.vaultFolder + "/vault.db.spool") ?? Data()
            return spool.ranges(of: magic).count == 3
        }
        #expect(areSpooled, "\(child.saidSoFar)")
        try scene.letGo(writer)
        let outcome = child.finish()
        #expect(outcome.status == 0, "\(outcome.stderr)")
        #expect(outcome.stderr.contains("6 connections: 6 refreshed"))
        try judge(scene, spent: 6)
    }

    @Test("another program does not end: what came is said to wait, and the next command stores it")
    func endlessWriter() throws {
        let scene = try scene(3)
        let (child, writer) = try answeredWhileAnotherWrites(scene)
        let outcome = child.finish()
        #expect(outcome.status == 9, "\(outcome.stderr)")
        #expect(outcome.stderr.ranges(of: "they are kept, sealed, in the spool").count == 3)
        #expect(outcome.stderr.split(separator: "\n").count == 7)
        try scene.letGo(writer)
        try scene.must("advault recover")
        try judge(scene, spent: 3)
    }

    /// Three requests are answered when another program is writing.
    private func answeredWhileAnotherWrites(_ scene: Scene) throws -> (ChildProcess, writer: ChildProcess) {
        try scene.sandbox.hold("token", times: 3)
        let child = try scene.begin("exec advault refresh --all --force --jobs 3")
        child.follow { (try? scene.sandbox.held()) == 3 }
        let writer = try scene.beginWriting()
        try scene.sandbox.release()
        return (child, writer)
    }

    @Test("a connection that is cut off costs its own request alone, and no token is sent twice")
    func dropped() throws {
        let scene = try scene(8)
        try scene.sandbox.fail(#"{"endpoint":"token","skip":3,"drop":true}"#)
        let outcome = try scene.run("advault refresh --all --force --jobs 2")
        #expect(outcome.status == 4)
        #expect(outcome.stderr.contains("8 connections: 7 refreshed, 1 failed"))
        let log = try scene.sandbox.log()
        #expect(log.filter { $0.event == "spent" }.count == 8)
        #expect(!log.contains { $0.event == "reused" })
        let states = try scene.rows().values.compactMap { $0["state"] as? String }
        #expect(states.filter { $0 == "interrupted" }.count == 1 && states.filter { $0 == "ok" }.count == 7)
    }

    @Test("Retry-After is waited for")
    func patience() throws {
        let scene = try scene(4)
        try scene.sandbox.fail(
            #"{"endpoint":"token","status":429,"body":"{}","headers":{"Retry-After":"1"},"times":2}"#)
        let begun = Date()
        let outcome = try scene.run("advault refresh --all --force --jobs 2")
        #expect(outcome.status == 0)
        // A lower bound alone: it may always take longer.
        #expect(Date().timeIntervalSince(begun) >= 1)
        #expect(try scene.sandbox.tokenRequests() == 6)
        try judge(scene, spent: 4)
    }
}
