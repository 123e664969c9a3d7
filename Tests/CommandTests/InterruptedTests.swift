import Foundation
import Testing

/// Signals: at once where nothing is at stake, after the answer is stored where a token is.
@Suite("Interrupted")
struct InterruptedTests {
    @Test(
        "while the browser is waited for: ends at once, nothing is stored",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func waiting(_ number: Int32) throws {
        let scene = try Scene("", connected: false)
        let before = scene.vaultFiles()
        let child = try scene.begin("exec " + Scene.connect)
        child.follow { Browser.address(in: child.saidSoFar) != nil }
        let begun = Date()
        kill(child.pid, number)
        #expect(child.finish().status == 128 + number)
        #expect(Date().timeIntervalSince(begun) < 2)
        #expect(scene.vaultFiles() == before)
        #expect(try scene.connection() == nil)
        #expect(try scene.sandbox.tokenRequests() == 0)
    }

    @Test("while a refresh is under way: the answer is stored first", arguments: [SIGINT, SIGTERM, SIGHUP])
    func refreshing(_ number: Int32) throws {
        let scene = try Scene("--refresh rotating")
        let former = try scene.sandbox.issued("access")
        let child = try scene.heldBack("exec advault refresh one --force")
        kill(child.pid, number)
        let isHeld = reached { ProcessView(pid: child.pid).hasPending(number) }
        #expect(isHeld, "the signal waits")
        try scene.sandbox.release()
        #expect(child.finish().status == 128 + number)

        let row = try #require(try scene.connection())
        #expect(row["state"] as? String == "ok")
        #expect(row["refreshed_at"] is String)
        let token = try #require(try scene.sandbox.issued("access"))
        #expect(token != former)
        #expect(try scene.must("advault token one").stdout == token + "\n")
        // The rotated refresh token was stored too: the former one would end the grant.
        try scene.must("advault refresh one --force")
        #expect(try !scene.sandbox.log().contains { $0.event == "reused" })
    }

    @Test("while a code is exchanged: the connection is stored first")
    func connecting() throws {
        let scene = try Scene("--refresh rotating", connected: false)
        let child = try scene.heldBack("exec " + Scene.connect, reactions: Scene.visit)
        kill(child.pid, SIGTERM)
        let isHeld = reached { ProcessView(pid: child.pid).hasPending(SIGTERM) }
        #expect(isHeld, "the signal waits")
        try scene.sandbox.release()
        #expect(child.finish().status == 128 + SIGTERM)
        #expect(try scene.connection()?["state"] as? String == "ok")
        #expect(
            try scene.must("advault token one").stdout == scene.sandbox.issued("access").map { $0 + "\n" })
    }
}
