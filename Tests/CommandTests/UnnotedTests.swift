import Testing

/// The provider's answer is no token, and the vault cannot take note of it: what was said is said, and is in the vault
/// after the next command. A token that is known to be unspent is sent again.
@Suite("An answer without tokens, and a disk that fails")
struct UnnotedTests {
    struct Case: CustomTestStringConvertible {
        let answer: String
        let exit: Int32
        /// As they stand once what waited is stored.
        let state: String
        let lastError: String
        var testDescription: String { answer }
    }

    private static let cases = [
        Case(
            answer: #""status":429,"body":"{\"error\":\"slow_down\"}""#, exit: 6, state: "ok",
            lastError: "transient"),
        Case(
            answer: #""status":503,"body":"{\"error\":\"temporarily_unavailable\"}""#, exit: 6, state: "ok",
            lastError: "transient"),
        Case(
            answer: #""status":400,"body":"{\"error\":\"invalid_grant\"}""#, exit: 4, state: "reconnect",
            lastError: "invalid-grant"),
        Case(
            answer: #""status":401,"body":"{\"error\":\"invalid_client\"}""#, exit: 5, state: "app-error",
            lastError: "invalid-client"),
        Case(answer: #""status":502"#, exit: 4, state: "interrupted", lastError: "interrupted"),
        Case(answer: #""drop":true"#, exit: 4, state: "interrupted", lastError: "interrupted"),
    ]

    private static func fail(_ scene: Scene, _ answer: String) throws {
        try scene.sandbox.fail(#"{"endpoint":"token",\#(answer)}"#)
    }

    @Test("the disk is full at the commit: it waits in the spool, and recover stores it", arguments: cases)
    func spooled(_ one: Case) throws {
        let scene = try Scene.refreshedOnce()
        let faults = try scene.commitFull()
        try Self.fail(scene, one.answer)
        let requests = try scene.sandbox.tokenRequests()
        let outcome = try scene.refresh(faults, on: "-wal")
        #expect(outcome.status == one.exit)
        #expect(
            outcome.stderr.contains(
                "; it waits in the spool beside the vault for the next command\n"), "\(outcome.stderr)")
        #expect(outcome.stderr.contains("the vault could not take note of it: "))
        #expect(outcome.stderr.contains("No space left on device"))
        #expect(outcome.stderr.contains("\nhint: mend the cause first; then "))
        #expect(!outcome.stderr.contains("nothing was changed"))
        // Not tried again where no mark can be written.
        #expect(try scene.sandbox.tokenRequests() == requests + 1)
        #expect(try scene.connection()?["state"] as? String == "interrupted")
        #expect(try scene.must("advault recover").stdout == "one: what had been received is stored\n")
        #expect(try scene.connection()?["state"] as? String == one.state)
        #expect(try scene.connection()?["last_error"] as? String == one.lastError)
        try scene.must("advault verify")
        if one.state == "ok" { try scene.expectStored() }
    }

    @Test("neither spool nor vault: it waits in a file, and the next refresh finds it and sends the token")
    func inAFile() throws {
        let scene = try Scene.refreshedOnce()
        let faults = try scene.bothFail()
        try Self.fail(scene, #""status":429"#)
        let outcome = try scene.refresh("-e trace=fdatasync,pwrite64 " + faults)
        #expect(outcome.status == 6)
        let file = try #require(try scene.recoveryFiles().first)
        #expect(outcome.stderr.contains("it waits in \"\(scene.vaultFolder)/\(file)\" for the next command"))
        let next = try scene.must("advault refresh one")
        #expect(next.stderr.contains("one: what an earlier command had received is stored now"))
        #expect(try scene.recoveryFiles().isEmpty)
        try scene.expectStored()
    }

    @Test("an access token that lives is handed out all the same")
    func lent() throws {
        let scene = try Scene.refreshedOnce()
        try scene.makeDue(endsIn: 200)
        let faults = try scene.commitFull(of: "token one")
        try scene.makeDue(endsIn: 200)
        try Self.fail(scene, #""status":429"#)
        let outcome = try scene.refresh(faults, on: "-wal", command: "token one")
        #expect(outcome.status == 0)
        let token = try #require(try scene.sandbox.issued("access"))
        #expect(outcome.stdout == token + "\n")
        #expect(outcome.stderr.contains("; it waits in the spool beside the vault for the next command\n"))
    }

    @Test("nowhere: said, nothing is printed that is no token, and the next refresh does not send the token")
    func nowhere() throws {
        let scene = try Scene.refreshedOnce()
        let faults = try scene.bothFail()
        try Self.fail(scene, #""status":429"#)
        let outcome = try scene.refresh(
            "-e trace=fdatasync,pwrite64,fchmod -e inject=fchmod:error=ENOSPC " + faults)
        #expect(outcome.status == 6)
        #expect(outcome.stderr.contains("so the next refresh takes this one for one that got no answer"))
        #expect(!outcome.stderr.contains("ADVAULT-RECOVERY-1"))
        #expect(
            outcome.stderr.contains(
                "hint: mend the cause first; then see whether the token lives: advault test one"))
        // As after a loss of power: what was not synced is gone.
        try scene.must("rm \(scene.vaultFolder)/vault.db.spool")
        let requests = try scene.sandbox.tokenRequests()
        #expect(try scene.run("advault refresh one").status == 4)
        #expect(try scene.sandbox.tokenRequests() == requests)
        #expect(try !scene.sandbox.log().contains { $0.event == "reused" })
    }
}
