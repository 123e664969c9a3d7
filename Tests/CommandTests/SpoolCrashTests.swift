import Foundation
import Testing

/// Kills and failing disks between the provider's answer and the stored row: nothing that was received is lost, and
/// nothing is spent twice (SAFETY "Never lose a token"). The server rotates strictly and logs every token.
@Suite("Spool, from the request to the row")
struct SpoolCrashTests {
    /// Now, or by a commit that seemed to fail and had not.
    private static func isStored(_ answer: String, of name: String) -> Bool {
        answer == "\(name): what had been received is stored\n"
            || answer == "\(name): its tokens stand in the vault already; the record is not needed\n"
    }

    // MARK: Killed

    @Test("killed between the spool and the commit: the next command stores it without a request")
    func beforeCommit() throws {
        let scene = try Scene.refreshedOnce()
        let outcome = try scene.refresh(
            Scene.inject("fdatasync", "signal=SIGKILL:when=1"), on: ".spool")
        #expect(outcome.status == 128 + SIGKILL)
        let requests = try scene.sandbox.tokenRequests()
        let next = try scene.must("advault test one")
        #expect(next.stderr.contains("what an earlier command had received is stored now"))
        #expect(try scene.sandbox.tokenRequests() == requests)
        try scene.expectStored()
    }

    @Test("killed between the commit and the clearing: the record is known to be stored")
    func beforeClearing() throws {
        let scene = try Scene.refreshedOnce()
        let outcome = try scene.refresh(
            Scene.inject("pwrite64", "signal=SIGKILL:when=2"), on: ".spool")
        #expect(outcome.status == 128 + SIGKILL)
        let next = try scene.must("advault recover")
        #expect(next.stdout == "one: its tokens stand in the vault already; the record is not needed\n")
        #expect(try scene.must("advault recover").stdout == "nothing waits\n")
        try scene.expectStored()
    }

    @Test("killed before the spool is written: the answer is lost, said, and the token is not sent again")
    func beforeSpool() throws {
        let scene = try Scene.refreshedOnce()
        let outcome = try scene.refresh(
            Scene.inject("pwrite64", "signal=SIGKILL:when=1"), on: ".spool")
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
        let scene = try Scene.refreshedOnce()
        let outcome = try scene.refresh(Scene.inject("fdatasync", "error=EIO:when=3+"), on: "-wal")
        #expect(outcome.status == 9)
        #expect(outcome.stderr.contains("they are kept, sealed, in the spool beside the vault"))
        let recovered = try scene.must("advault recover")
        #expect(Self.isStored(recovered.stdout, of: "one"))
        try scene.expectStored()
    }

    @Test("a signal does not hide it: the exit code is 9, and nobody is told to run it again")
    func signalled() throws {
        let scene = try Scene.refreshedOnce()
        try scene.mint(1)
        let syncs = try scene.before("fdatasync").count
        let outcome = try scene.refresh(
            "-e trace=recvfrom,fdatasync -e inject=recvfrom:signal=SIGTERM:when=1 "
                + "-e inject=fdatasync:error=EIO:when=\(syncs + 2)+",
            command: "refresh --all --force --jobs 1")
        #expect(outcome.status == 9, "\(outcome.stderr)")
        #expect(outcome.stderr.contains("they are kept, sealed, in the spool beside the vault"))
        #expect(outcome.stderr.contains("advault: interrupted: 1 of 2 connections not tried; "))
        #expect(outcome.stderr.contains("hint: first see to the new tokens that could not be stored"))
        #expect(!outcome.stderr.contains("run the same command again"))
        #expect(try Self.isStored(scene.must("advault recover").stdout, of: "c100"))
        try scene.must("advault refresh --all --force")
        #expect(try !scene.sandbox.log().contains { $0.event == "reused" })
    }

    @Test("the disk is full at the commit: the tokens are in the spool, and any next command stores them")
    func commitSpace() throws {
        let scene = try Scene.refreshedOnce()
        let outcome = try scene.refresh(scene.commitFull(), on: "-wal")
        #expect(outcome.status == 9)
        #expect(outcome.stderr.contains("No space left on device"))
        #expect(outcome.stderr.contains("hint: mend the cause; then the next command stores them"))
        let next = try scene.must("advault test one")
        #expect(next.stderr.contains("is stored now"))
        try scene.expectStored()
    }

    @Test("neither spool nor vault can be written: the tokens are in a file, and recover finds it")
    func otherFolder() throws {
        let scene = try Scene.refreshedOnce()
        let outcome = try scene.refresh("-e trace=fdatasync,pwrite64 " + scene.bothFail())
        #expect(outcome.status == 9)
        let file = try #require(try scene.recoveryFiles().first)
        #expect(outcome.stderr.contains("they are kept, sealed, in \"\(scene.vaultFolder)/\(file)\""))
        var status = stat()
        #expect(stat(scene.vaultFolder + "/" + file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        // As after a loss of power: what was not synced is gone.
        try FileManager.default.removeItem(atPath: scene.vaultFolder + "/vault.db.spool")
        #expect(
            try scene.must("advault doctor || true").stdout.contains(
                "waits, sealed, in \"\(scene.vaultFolder)/\(file)\""))
        let recovered = try scene.must("advault recover")
        #expect(recovered.stdout == "one: what had been received is stored\n")
        #expect(try scene.recoveryFiles().isEmpty)
        #expect(try scene.must("advault recover").stdout == "nothing waits\n")
        try scene.expectStored()
    }

    @Test("nothing can be written anywhere: the sealed record is printed, and recover takes the whole log")
    func nowhere() throws {
        let scene = try Scene.refreshedOnce()
        let outcome = try scene.refresh(
            "-e trace=fdatasync,pwrite64,fchmod -e inject=fchmod:error=ENOSPC " + scene.bothFail())
        #expect(outcome.status == 9)
        #expect(try scene.recoveryFiles().isEmpty)
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
        #expect(recovered.stdout.hasPrefix("one: what had been received "))
        try scene.expectStored()
    }

    @Test(
        "only a folder for temporary files takes them: they are printed as well, and recover finds the file")
    func passingFolder() throws {
        let scene = try Scene.refreshedOnce()
        try scene.must("mkdir -m 700 $DIR/passing")
        // The last one is the anchor's, after all else.
        let made = try scene.before("fchmod").count - 1
        let outcome = try scene.refresh(
            "-e trace=fdatasync,pwrite64,fchmod -e inject=fchmod:error=ENOSPC:when=\(made + 1)..\(made + 2) "
                + scene.bothFail(), with: "TMPDIR=$DIR/passing")
        #expect(outcome.status == 9)
        #expect(try scene.recoveryFiles().isEmpty)
        #expect(try scene.must("ls $DIR/passing").stdout.hasSuffix(".recovery\n"))
        #expect(
            outcome.stderr.contains(
                "in a folder for temporary files; this line holds them too, sealed:\nADVAULT-RECOVERY-1 "))
        #expect(
            outcome.stderr.contains(
                "hint: save that line in a file; mend the cause, then: advault recover FILE"))
        // As after a loss of power: what was not synced is gone.
        try scene.must("rm \(scene.vaultFolder)/vault.db.spool")
        #expect(
            try scene.must("TMPDIR=$DIR/passing advault recover").stdout
                == "one: what had been received is stored\n")
        #expect(try scene.must("ls $DIR/passing").stdout.isEmpty)
        try scene.expectStored()
    }

    @Test(
        "a file that is not one whole record is told of by doctor and recover, and stays whatever is asked for"
    )
    func unreadable() throws {
        let scene = try Scene.refreshedOnce()
        let file = scene.vaultFolder + "/advault-1.recovery"
        try scene.must("(umask 077; echo ADVAULT-RECOVERY-1 torn > \(file))")
        #expect(
            try scene.must("advault doctor || true").stdout.contains("or not one whole record: \"\(file)\""))
        #expect(try !scene.must("advault test one").stderr.contains("advault-1.recovery"))
        let kept = try scene.run("advault recover --discard")
        #expect(kept.status == 1)
        #expect(kept.stderr.contains("a record stays in \"\(file)\": this is no whole recovery record"))
        #expect(
            kept.stderr.contains(
                "hint: see whether it holds records: advault recover '\(file)'; if not, remove it"))
        #expect(try scene.recoveryFiles().count == 1)
    }

    @Test(
        "a record of a former root key stays in its file, is told of each time, and goes when that is asked for"
    )
    func formerKey() throws {
        let scene = try Scene.refreshedOnce()
        try #expect(scene.refresh("-e trace=fdatasync,pwrite64 " + scene.bothFail()).status == 9)
        let file = try scene.vaultFolder + "/" + #require(try scene.recoveryFiles().first)
        try scene.must("mv \(file) $DIR/away")
        try scene.must("advault key rotate")
        try scene.must("mv $DIR/away \(file)")
        #expect(try scene.must("advault doctor || true").stdout.contains("of another root key"))
        #expect(
            try scene.must("advault test one").stderr.contains(
                "a record in \"\(file)\" was not applied and stays there"))
        #expect(try scene.run("advault recover").status == 1)
        #expect(try scene.recoveryFiles().count == 1)
        #expect(
            try scene.must("advault recover --discard --json").stdout.contains(
                "{\"source\":\"file\",\"path\":\"\(file)\",\"outcome\":\"discarded\""))
        #expect(try scene.recoveryFiles().isEmpty)
    }

    @Test("a new root key: what waits in a file is stored before the key that it is sealed under goes")
    func beforeRotation() throws {
        let scene = try Scene.refreshedOnce()
        let outcome = try scene.refresh("-e trace=fdatasync,pwrite64 " + scene.bothFail())
        #expect(outcome.status == 9)
        // It is stored then: no reason to refuse.
        try scene.must("advault key rotate --dry-run")
        #expect(try scene.recoveryFiles().count == 1)
        try scene.must("advault key rotate")
        #expect(try scene.recoveryFiles().isEmpty)
        try scene.expectStored()
    }

    @Test("the disk is full before: nothing is sent, nothing is changed")
    func fullBefore() throws {
        let scene = try Scene.refreshedOnce()
        let (requests, before) = (try scene.sandbox.tokenRequests(), scene.vaultFiles())
        let outcome = try scene.refresh(Scene.inject("fallocate", "error=ENOSPC"))
        #expect(outcome.status == 1)
        #expect(outcome.stderr.contains("could not write"))
        #expect(outcome.stderr.contains("No space left on device"))
        #expect(outcome.stderr.contains("hint: nothing was changed"))
        #expect(try scene.sandbox.tokenRequests() == requests)
        #expect(scene.vaultFiles()[0] == before[0])
        try scene.expectStored()
    }

    @Test("the mark's own sync fails: the token is unspent, and the next command sends it")
    func markSync() throws {
        let scene = try Scene.refreshedOnce()
        let requests = try scene.sandbox.tokenRequests()
        let outcome = try scene.refresh(Scene.inject("fdatasync", "error=EIO:when=2"), on: "-wal")
        #expect(outcome.status == 1)
        #expect(try scene.sandbox.tokenRequests() == requests)
        #expect(try scene.connection()?["state"] as? String == "ok")
        try scene.expectStored()
    }

    // MARK: Locks

    @Test(
        "a file system without locks, or with locks that keep out nobody, is refused before anything is sent")
    func locks() throws {
        let scene = try Scene.refreshedOnce()
        let requests = try scene.sandbox.tokenRequests()
        let none = try scene.refresh(Scene.inject("fcntl", "error=ENOLCK"), on: ".lock")
        #expect(none.status == 1)
        #expect(none.stderr.contains("the file system has no lock for"))
        let vain = try scene.refresh(Scene.inject("fcntl", "retval=0"), on: ".lock")
        #expect(vain.status == 1)
        #expect(vain.stderr.contains("to two holders at once"))
        #expect(try scene.sandbox.tokenRequests() == requests)
        try scene.expectStored()
    }
}
