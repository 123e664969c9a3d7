import Foundation
import Testing

/// A read-only home, as a service has it that systemd runs with ProtectHome=read-only.
@Suite("A state folder that cannot be written")
struct AnchorFolderTests {
    @Test(
        "the work is done, one notice is given, and what is kept there is still compared",
        arguments: ["home/.local/state/advault", "home/.local/state", "home/.local"])
    func readOnly(_ closed: String) throws {
        let scene = try Scene("--refresh rotating")
        let advault = Unprivileged.prefix + "./advault "
        try Unprivileged.prepare(scene.playground)
        let state = scene.folder + "/home/.local/state/advault"
        let (old, vault) = (scene.folder + "/old", scene.vaultFolder + "/vault.db")
        try scene.must("cp -p '\(vault)' old && \(advault) refresh one --force")
        let kept = FileManager.default.contents(atPath: state + "/anchor")
        #expect(kept != nil)
        try scene.must("chmod 500 \(closed)")
        if closed != "home/.local/state/advault" { try scene.must("chmod 500 home/.local/state/advault") }
        for command in ["refresh one --force", "test one", "refresh --all --force"] {
            let outcome = try scene.must(advault + command)
            let notices = outcome.stderr.components(separatedBy: "no anchor is kept").count - 1
            #expect(notices == 1, "\(outcome.stderr)")
            #expect(outcome.stderr.contains("set XDG_STATE_HOME"))
        }
        #expect(FileManager.default.contents(atPath: state + "/anchor") == kept)
        try scene.must("cp -p '\(old)' '\(vault)' && rm -f '\(vault)-wal' '\(vault)-shm'")
        let refused = try scene.run("\(advault) verify")
        #expect(refused.status == 8)
        #expect(refused.stderr.contains("--accept-rollback"))
        try scene.must("chmod 700 \(closed) home/.local/state/advault")
    }

    @Test("a home that nobody may look into: said, and no failure")
    func outOfReach() throws {
        let playground = try Playground()
        try playground.use(try Fixture.app.get())
        try Unprivileged.prepare(playground)
        func run(_ command: String) throws -> ChildProcess.Outcome {
            try ChildProcess.run(command, environment: playground.environment, terminal: false)
        }
        #expect(try run("chmod 0 home/.local/state").status == 0)
        let outcome = try run(Unprivileged.prefix + "./advault verify")
        #expect(outcome.status == 0, "\(outcome.stderr)")
        #expect(outcome.stderr.contains("no anchor is kept, so a rolled-back file is not noticed"))
        #expect(try run("chmod 700 home/.local/state").status == 0)
    }
}
