import Foundation
import Testing

/// Eight processes, one connection, and a server that ends the grant when a refresh token comes twice.
@Suite("Eight at once")
struct EightAtOnceTests {
    @Test("one request, eight successes, no reuse")
    func named() throws {
        let scene = try Scene("--refresh rotating")
        try eight("exec advault refresh one", in: scene)
    }

    @Test("the same where each takes what is due")
    func due() throws {
        let scene = try Scene("--refresh rotating")
        try scene.makeDue()
        try eight("exec advault refresh --all --due", in: scene)
    }

    private func eight(_ command: String, in scene: Scene) throws {
        let (requests, log) = (try scene.sandbox.tokenRequests(), try scene.sandbox.log().count)
        try scene.sandbox.hold("token")
        let children = try (0..<8).map { _ in try scene.begin(command) }
        // Each has found the connection in need of a refresh and stands in the queue before the first is answered.
        let pids = Set(children.map(\.pid))
        let areWaiting = try reached {
            try scene.sandbox.held() == 1
                && lockers(of: scene.vaultFolder + "/vault.db.lock").isSuperset(of: pids)
        }
        #expect(areWaiting)
        try scene.sandbox.release()
        let outcomes = children.map { $0.finish() }

        #expect(outcomes.map(\.status) == Array(repeating: 0, count: 8))
        #expect(outcomes.allSatisfy { $0.stderr == "" })
        #expect(outcomes.filter { $0.stdout.hasPrefix("one: refreshed, ") }.count == 1)
        #expect(outcomes.filter { $0.stdout.hasPrefix("one: refreshed by another process") }.count == 7)
        #expect(try scene.sandbox.tokenRequests() == requests + 1)
        let events = try scene.sandbox.log().dropFirst(log)
        #expect(events.filter { $0.event == "spent" }.count == 1)
        #expect(!events.contains { $0.event == "reused" || $0.event == "revoked" })
        // The family lives: what was stored is the newest.
        #expect(
            try scene.must("advault token one").stdout == scene.sandbox.issued("access").map { $0 + "\n" })
        try scene.must("advault refresh one --force")
    }

    /// Who holds a POSIX lock on the file: what advault puts up as a nameplate when it joins the queue.
    private func lockers(of path: String) throws -> Set<pid_t> {
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        let table = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
        return Set(
            table.split(separator: "\n").compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count >= 6, fields[1] == "POSIX", fields[5].hasSuffix(":\(status.st_ino)") else {
                    return nil
                }
                return pid_t(fields[4])
            })
    }
}
