import Foundation
import Testing

/// Kills and failing disks between the provider's answer and the stored row: nothing that was received is lost, and
/// nothing is spent twice (SAFETY "Never lose a token"). The server rotates strictly and logs every token.
@Suite("Spool, from the request to the row")
struct SpoolCrashTests {
    /// The connection refreshed once, so that the spool is there, and the next command of one's own.
    private static func scene() throws -> Scene {
        let scene = try Scene("--refresh rotating")
        try scene.must("advault refresh one --force")
        return scene
    }

    /// Runs a refresh under strace with faults, and demands that one of them was met.
    private static func refresh(
        _ scene: Scene, _ faults: String, on file: String? = nil, command: String = "refresh one --force"
    ) throws -> ChildProcess.Outcome {
        let path = file.map { "-P \(scene.vaultFolder)/vault.db\($0)" } ?? ""
        let outcome = try scene.run(
            "strace -f -qq -o $DIR/trace \(path) \(faults) $(command -v advault) \(command)")
        let trace = try scene.text("trace")
        guard trace.contains("INJECTED") || trace.contains("+++ killed") else {
            throw Fixture.Failure(text: "the injection hit nothing: \(trace)")
        }
        return outcome
    }

    /// The calls of a whole refresh that come before the record is written into the spool.
    private static func before(_ scene: Scene, _ call: String) throws -> [Substring] {
        try scene.must(
            "strace -f -qq -y -o $DIR/trace -e trace=\(call) $(command -v advault) refresh one --force")
        return try Array(
            scene.text("trace").split(separator: "\n").prefix { !$0.contains("vault.db.spool>") })
    }

    private static func inject(_ call: String, _ fault: String) -> String {
        "-e trace=\(call) -e inject=\(call):\(fault)"
    }

    /// The vault holds the newest tokens that the server issued, and the server saw none twice.
    private static func expectStored(_ scene: Scene) throws {
        let token = try #require(try scene.sandbox.issued("access"))
        #expect(try scene.must("advault token one").stdout == token + "\n")
        try scene.must("advault refresh one --force")
        #expect(try !scene.sandbox.log().contains { $0.event == "reused" })
        #expect(try scene.connection()?["state"] as? String == "ok")
        try scene.must("advault verify")
    }

    // MARK: Killed

    @Test("killed between the spool and the commit: the next command stores it without a request")
    func beforeCommit() throws {
        let scene = try Self.scene()
        let outcome = try Self.refresh(
            scene, Self.inject("fdatasync", "signal=SIGKILL:when=1"), on: ".spool")
        #expect(outcome.status == 128 + SIGKILL)
        let requests = try scene.sandbox.tokenRequests()
        let next = try scene.must("advault test one")
        #expect(next.stderr.contains("new tokens that an earlier command had received are stored now"))
        #expect(try scene.sandbox.tokenRequests() == requests)
        try Self.expectStored(scene)
    }

    @Test("killed between the commit and the clearing: the record is known to be stored")
    func beforeClearing() throws {
        let scene = try Self.scene()
        let outcome = try Self.refresh(
            scene, Self.inject("pwrite64", "signal=SIGKILL:when=2"), on: ".spool")
        #expect(outcome.status == 128 + SIGKILL)
        let next = try scene.must("advault recover")
        #expect(next.stdout == "one: its new tokens were stored already\n")
        #expect(try scene.must("advault recover").stdout == "nothing waits\n")
        try Self.expectStored(scene)
    }

    @Test("killed before the spool is written: the answer is lost, said, and the token is not sent again")
    func beforeSpool() throws {
        let scene = try Self.scene()
        let outcome = try Self.refresh(
            scene, Self.inject("pwrite64", "signal=SIGKILL:when=1"), on: ".spool")
        #expect(outcome.status == 128 + SIGKILL)
        let requests = try scene.sandbox.tokenRequests()
        let next = try scene.run("advault refresh one --force")
        #expect(next.status == 4)
        #expect(
            next.stderr.contains("whether its token was spent; the refresh token is kept and not sent again"))
        #expect(try scene.sandbox.tokenRequests() == requests)
        #expect(try scene.connection()?["state"] as? String == "interrupted")
    }

    // MARK: Failing disks
    // A command syncs the vault's -wal twice for the mark, then for the commit.

    @Test("the commit's sync fails: the tokens are in the spool, and recover stores them")
    func commitSync() throws {
        let scene = try Self.scene()
        let outcome = try Self.refresh(scene, Self.inject("fdatasync", "error=EIO:when=3+"), on: "-wal")
        #expect(outcome.status == 9)
        #expect(outcome.stderr.contains("they are kept, sealed, in the spool beside the vault"))
        let recovered = try scene.must("advault recover")
        #expect(recovered.stdout.hasPrefix("one: its new tokens "))
        try Self.expectStored(scene)
    }

    @Test("a signal does not hide it: the exit code is 9, and nobody is told to run it again")
    func signalled() throws {
        let scene = try Self.scene()
        try scene.mint(1)
        let syncs = try Self.before(scene, "fdatasync").count
        let outcome = try Self.refresh(
            scene,
            "-e trace=recvfrom,fdatasync -e inject=recvfrom:signal=SIGTERM:when=1 "
                + "-e inject=fdatasync:error=EIO:when=\(syncs + 2)+",
            command: "refresh --all --force --jobs 1")
        #expect(outcome.status == 9, "\(outcome.stderr)")
        #expect(outcome.stderr.contains("they are kept, sealed, in the spool beside the vault"))
        #expect(outcome.stderr.contains("advault: interrupted: 1 of 2 connections not tried; "))
        #expect(outcome.stderr.contains("hint: first see to the new tokens that could not be stored"))
        #expect(!outcome.stderr.contains("run the same command again"))
        #expect(try scene.must("advault recover").stdout.hasPrefix("c100: its new tokens "))
        try scene.must("advault refresh --all --force")
        #expect(try !scene.sandbox.log().contains { $0.event == "reused" })
    }

    @Test("the disk is full at the commit: the tokens are in the spool, and any next command stores them")
    func commitSpace() throws {
        let scene = try Self.scene()
        // A few writes into the commit: how many pages the mark takes differs from time to time.
        let mark = try Self.before(scene, "pwrite64").count { $0.contains("vault.db-wal>") }
        let outcome = try Self.refresh(
            scene, Self.inject("pwrite64", "error=ENOSPC:when=\(mark + 3)+"), on: "-wal")
        #expect(outcome.status == 9)
        #expect(outcome.stderr.contains("No space left on device"))
        #expect(outcome.stderr.contains("hint: mend the cause; then the next command stores them"))
        let next = try scene.must("advault test one")
        #expect(next.stderr.contains("are stored now"))
        try Self.expectStored(scene)
    }

    @Test("neither spool nor vault can be written: the tokens are in a file, and recover takes it")
    func otherFolder() throws {
        let scene = try Self.scene()
        let outcome = try Self.refresh(scene, "-e trace=fdatasync,pwrite64 " + Self.bothFail(scene))
        #expect(outcome.status == 9)
        let file = try #require(try Self.recoveryFiles(scene).first)
        #expect(outcome.stderr.contains("they are kept, sealed, in \"\(scene.vaultFolder)/\(file)\""))
        var status = stat()
        #expect(stat(scene.vaultFolder + "/" + file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        // As after a loss of power: what was not synced is gone.
        try FileManager.default.removeItem(atPath: scene.vaultFolder + "/vault.db.spool")
        let recovered = try scene.must("advault recover \(scene.vaultFolder)/\(file)")
        #expect(recovered.stdout.hasPrefix("one: its new tokens "))
        try Self.expectStored(scene)
    }

    @Test("nothing can be written anywhere: the sealed record is printed, and recover takes the whole log")
    func nowhere() throws {
        let scene = try Self.scene()
        let outcome = try Self.refresh(
            scene,
            "-e trace=fdatasync,pwrite64,fchmod -e inject=fchmod:error=ENOSPC " + Self.bothFail(scene))
        #expect(outcome.status == 9)
        #expect(try Self.recoveryFiles(scene).isEmpty)
        let lines = outcome.stderr.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("ADVAULT-RECOVERY-1 ") } == 1)
        #expect(
            outcome.stderr.contains(
                "hint: save that line in a file; mend the cause, then: advault recover FILE"))
        try FileManager.default.removeItem(atPath: scene.vaultFolder + "/vault.db.spool")
        // What timers do meanwhile raises the row's version; the record is not lost by that.
        _ = try scene.run("advault refresh --all")
        try scene.playground.write("log", 0o600, outcome.stderr)
        let recovered = try scene.must("advault recover - < log")
        #expect(recovered.stdout.hasPrefix("one: its new tokens "))
        try Self.expectStored(scene)
    }

    /// The spool's sync fails, then the commit's writes.
    private static func bothFail(_ scene: Scene) throws -> String {
        let writes = try before(scene, "pwrite64").count
        let syncs = try before(scene, "fdatasync").count
        return "-e inject=fdatasync:error=EIO:when=\(syncs + 1)+ "
            + "-e inject=pwrite64:error=ENOSPC:when=\(writes + 4)+"
    }

    private static func recoveryFiles(_ scene: Scene) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scene.vaultFolder).filter {
            $0.hasSuffix(".recovery")
        }
    }

    @Test("the disk is full before: nothing is sent, nothing is changed")
    func fullBefore() throws {
        let scene = try Self.scene()
        let (requests, before) = (try scene.sandbox.tokenRequests(), scene.vaultFiles())
        let outcome = try Self.refresh(scene, Self.inject("fallocate", "error=ENOSPC"))
        #expect(outcome.status == 1)
        #expect(outcome.stderr.contains("could not write"))
        #expect(outcome.stderr.contains("No space left on device"))
        #expect(outcome.stderr.contains("hint: nothing was changed"))
        #expect(try scene.sandbox.tokenRequests() == requests)
        #expect(scene.vaultFiles()[0] == before[0])
        try Self.expectStored(scene)
    }

    @Test("the mark's own sync fails: the token is unspent, and the next command sends it")
    func markSync() throws {
        let scene = try Self.scene()
        let requests = try scene.sandbox.tokenRequests()
        let outcome = try Self.refresh(scene, Self.inject("fdatasync", "error=EIO:when=2"), on: "-wal")
        #expect(outcome.status == 1)
        #expect(try scene.sandbox.tokenRequests() == requests)
        #expect(try scene.connection()?["state"] as? String == "ok")
        try Self.expectStored(scene)
    }

    // MARK: Locks

    @Test(
        "a file system without locks, or with locks that keep out nobody, is refused before anything is sent")
    func locks() throws {
        let scene = try Self.scene()
        let requests = try scene.sandbox.tokenRequests()
        let none = try Self.refresh(scene, Self.inject("fcntl", "error=ENOLCK"), on: ".lock")
        #expect(none.status == 1)
        #expect(none.stderr.contains("the file system has no lock for"))
        let vain = try Self.refresh(scene, Self.inject("fcntl", "retval=0"), on: ".lock")
        #expect(vain.status == 1)
        #expect(vain.stderr.contains("to two holders at once"))
        #expect(try scene.sandbox.tokenRequests() == requests)
        try Self.expectStored(scene)
    }
}
