import Foundation
import Testing

/// `restore` killed at each system call that names files: the place holds the former vault or the restored one.
@Suite("A restore that is killed", .serialized)
struct RestoreCrashTests {
    @Test(
        "leaves one of the two in place, whole",
        arguments: ["renameat2", "unlink", "fsync", "fdatasync", "ftruncate"])
    func killed(_ call: String) throws {
        let playground = try Playground()
        try playground.use(try Fixture.app.get())
        func run(_ command: String) throws -> ChildProcess.Outcome {
            try ChildProcess.run(command, environment: playground.environment, terminal: false)
        }
        func sees(_ app: String) throws -> Bool { try run("advault app show \(app)").status == 0 }
        #expect(try run("advault backup copy.db && advault app rename acme other").status == 0)
        let vault = "home/.local/share/advault"
        #expect(try run("cp -rp \(vault) before && mkdir -p home/.local/state").status == 0)
        var (killed, seen) = (0, Set<String>())
        for number in 1...40 {
            #expect(
                try run("rm -rf \(vault) home/.local/state && cp -rp before \(vault)").status == 0)
            // 128 + SIGKILL, or 137 of strace itself: the call was reached.
            let outcome = try run(
                "strace -f -qq -o trace -e trace=\(call) -e inject=\(call):signal=KILL:when=\(number) "
                    + "advault restore copy.db --yes")
            let (old, new) = (try sees("other"), try sees("acme"))
            #expect(old != new, "\(call) \(number): \(old) \(new)")
            #expect(try run("advault verify").status == 0, "\(call) \(number)")
            seen.insert(old ? "former" : "restored")
            if outcome.status == 0 { break }
            killed += 1
        }
        #expect(killed > 0, "\(call) was never reached")
        #expect(seen.contains("restored"))
    }

    @Test("a file system that cannot exchange names is served too")
    func withoutExchange() throws {
        let playground = try Playground()
        try playground.use(try Fixture.app.get())
        let outcome = try ChildProcess.run(
            "advault backup copy.db && advault app rename acme other && strace -f -qq -o trace -e trace=renameat2 "
                + "-e inject=renameat2:error=EINVAL advault restore copy.db --yes && advault app show acme "
                + "&& advault verify && advault audit --vault home/.local/share/advault/*before-restore*Z",
            environment: playground.environment, terminal: false)
        #expect(outcome.status == 0, "\(outcome.stderr)")
        let trace = try String(contentsOfFile: playground.folder + "/trace", encoding: .utf8)
        #expect(trace.contains("RENAME_EXCHANGE") && trace.contains("INJECTED"))
    }
}
