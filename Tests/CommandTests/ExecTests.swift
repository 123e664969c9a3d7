import AdvaultCLI
import CredentialVault
import Foundation
import Secrets
import Testing

/// `exec` on the real binary: the command is in advault's place, with the token and with nothing else of ours.
@Suite("exec")
struct ExecTests {
    @Test("the exit code is the command's own, and so is the signal that ends it")
    func exitCodes() throws {
        let scene = try Scene("--refresh stable")
        for code: Int32 in [0, 3, 77] {
            #expect(try scene.run("advault exec one -- sh -c 'exit \(code)'").status == code)
        }
        // As the shell says it, and as whoever waits for the process sees it.
        let said = try scene.run("advault exec one -- sh -c 'kill -9 $$'; echo $?")
        #expect(said.stdout == "137\n")
        #expect(try scene.run("exec advault exec one -- sh -c 'kill -TERM $$'").status == 128 + SIGTERM)
    }

    @Test("a signal for its number reaches the command", arguments: [("TERM", SIGTERM), ("INT", SIGINT)])
    func signals(_ name: String, _ number: Int32) throws {
        let scene = try Scene("--refresh stable")
        // `wait` is ended by a signal at once; what it waits for never ends by itself.
        let script =
            "tail -f /dev/null & trap 'kill $!; echo got \(name); exit 9' \(name); echo ready; wait"
        try scene.playground.write("trap.sh", 0o600, script)
        let child = try scene.begin("exec advault exec one -- sh trap.sh")
        child.follow { child.outputSoFar.contains("ready\n") }
        kill(child.pid, number)
        let outcome = child.finish()
        #expect(outcome.stdout == "ready\ngot \(name)\n")
        #expect(outcome.status == 9)
    }

    @Test("the environment is the caller's, without a variable of advault's, and with the token")
    func environment() throws {
        let scene = try Scene("--refresh stable")
        let token = try #require(try scene.sandbox.issued("access"))
        // Taken out of advault's own environment, and the command's all the same.
        let given =
            "SSLKEYLOGFILE=$DIR/keys OPENSSL_CONF=/dev/null OTHER='a b=c' TOKEN=old "
            + "ADVAULT_KEY=wiped ADVAULT_ACCESS_TOKEN=old ADVAULT_VAULT_ID= ADVAULT_MINE=x CREDENTIALS_DIRECTORY=$DIR "
        let key = "--key-file machine.key "
        let ours = ["ADVAULT_", "CREDENTIALS_DIRECTORY="]
        let before = try lines(scene.must(given + "env"))
        let usual = try lines(scene.must(given + "advault exec one \(key)-- env"))
        let kept = before.filter { line in !ours.contains { line.hasPrefix($0) } }
        #expect(kept.count > 6 && kept.contains { $0.hasPrefix("SSLKEYLOGFILE=") })
        #expect(usual == (kept + ["ADVAULT_ACCESS_TOKEN=" + token]).sorted())
        let named = try lines(scene.must(given + "advault exec one \(key)--env TOKEN -- env"))
        #expect(named == (kept.filter { $0 != "TOKEN=old" } + ["TOKEN=" + token]).sorted())
    }

    @Test("the provider takes the token: from the environment, and by the README's pipe to curl")
    func provider() throws {
        let scene = try Scene("--refresh rotating")
        let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
        let curl = try #require(
            try String(contentsOf: readme, encoding: .utf8).split(separator: "\n").first {
                $0.hasPrefix("    advault token acme-ads --header | curl ")
            })
        let line = curl.replacing("acme-ads", with: "one")
            .replacing("'https://api.linkedin.com", with: "$SANDBOX'")
        #expect(line.contains(" $SANDBOX'/rest/"))
        #expect(try scene.must(String(line)).stdout.contains("Sandbox account"))
        let python = """
            import os, urllib.request as u
            headers = {"Authorization": "Bearer " + os.environ["TAP_LINKEDIN_ADS_ACCESS_TOKEN"],
                "LinkedIn-Version": "202610", "X-Restli-Protocol-Version": "2.0.0"}
            print(u.urlopen(u.Request(os.environ["SANDBOX"] + "/rest/adAccounts?q=search", headers=headers)).read())
            """
        try scene.playground.write("tap.py", 0o600, python)
        let before = try scene.sandbox.issued("access")
        try scene.makeDue()
        // Renewed first, since the former one is over.
        let taken = try scene.must(
            "advault exec one --env TAP_LINKEDIN_ADS_ACCESS_TOKEN -- python3 tap.py")
        #expect(taken.stdout.contains("Sandbox account"))
        #expect(try scene.sandbox.issued("access") != before)
        #expect(try scene.run("TAP_LINKEDIN_ADS_ACCESS_TOKEN=wrong python3 tap.py").status != 0)
    }

    @Test("no lock of the vault is held while the command runs")
    func locks() throws {
        let scene = try Scene("--refresh rotating")
        try scene.makeDue()
        // The connection's own lock, then the whole vault's. Held, each would end with 7 after a minute.
        let refreshed = try scene.run(
            "advault exec one -- advault refresh one --force --key-file machine.key")
        #expect(refreshed.stdout.hasPrefix("one: refreshed"), "\(refreshed.stderr)")
        let rotated = try scene.run("advault exec one -- advault key rotate --key-file machine.key")
        #expect(rotated.status == 0, "\(rotated.stderr)")
    }

    @Test("umask, core size, signals and descriptors are those that advault was started with")
    func inherited() throws {
        let scene = try Scene("--refresh rotating")
        // SIGHUP ignored as by nohup, SIGQUIT as by a shell for a background job, SIGPIPE and SIGXFSZ by Python;
        // two are held back.
        try scene.playground.write(
            "held.py", 0o600,
            """
            import os, signal, sys
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM])
            for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD): signal.signal(number, signal.SIG_IGN)
            os.execvp(sys.argv[1], sys.argv[1:])
            """)
        let before =
            "umask 027; ulimit -Sc 2048; exec 7</dev/null 8<machine.key; unset ADVAULT_KEY_FILE; "
            + "exec python3 held.py "
        let exec = "advault exec one --key-fd 8 -- "
        // Straight from grep: a shell changes masks and dispositions for its own ends.
        let masks = "grep -E '^(SigBlk|SigIgn|SigCgt|ShdPnd|NoNewPrivs|Uid)' /proc/self/status"
        let shell = "sh -c 'umask; ulimit -Sc; ulimit -Hc'"
        let files = "ls /proc/self/fd"
        // Over: there are a vault, locks and a connection to the provider to be left behind.
        try scene.makeDue()
        let requests = try scene.sandbox.tokenRequests()
        let seen = try lines(scene.must(before + exec + files), isSorted: false)
        #expect(try scene.sandbox.tokenRequests() == requests + 1)
        let plain = try lines(scene.must(before + files), isSorted: false)
        #expect(plain == ["0", "1", "2", "3", "7", "8"], "3 is the folder that ls reads")
        // 8 held the key.
        #expect(seen == plain.filter { $0 != "8" })

        let limits = try scene.must(before + shell).stdout
        #expect(limits.hasPrefix("0027\n2048\n"))
        #expect(try scene.must(before + exec + shell).stdout == limits)
        let status = try scene.must(before + masks).stdout
        #expect(try scene.must(before + exec + masks).stdout == status)
        #expect(try mask("SigBlk", status) == bits([SIGUSR1, SIGTERM]))
        let ignored = bits([SIGHUP, SIGQUIT, SIGCHLD, SIGPIPE, SIGXFSZ])
        #expect(try mask("SigIgn", status) & ignored == ignored)
        // And nothing ignored where nothing was.
        let usual = try scene.must("exec " + masks).stdout
        #expect(try mask("SigIgn", usual) & ignored == 0)
        #expect(try scene.must("exec advault exec one -- " + masks).stdout == usual)
    }

    private func mask(_ name: String, _ status: String) throws -> UInt64 {
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":\t") })
        return try #require(UInt64(line.dropFirst(name.count + 2), radix: 16))
    }

    private func bits(_ numbers: [Int32]) -> UInt64 { numbers.reduce(0) { $0 | 1 << UInt64($1 - 1) } }

    @Test("a closed stream stays closed; stdin that the key came by is empty")
    func streams() throws {
        let scene = try Scene("--refresh stable")
        let files = "ls /proc/self/fd <&-"
        let seen = try lines(scene.must("advault exec one -- " + files), isSorted: false)
        let plain = try lines(scene.must(files), isSorted: false)
        #expect(plain == ["0", "1", "2"], "0 is the folder that ls reads")
        #expect(seen == plain)
        let command = "unset ADVAULT_KEY_FILE; advault exec one --key-fd 0 -- readlink /proc/self/fd/0"
        #expect(try scene.must(command + " < machine.key").stdout == "/dev/null\n")
        let typed = "(cat machine.key; echo more) | advault exec one --key-file machine.key -- tail -n 1"
        #expect(try scene.must(typed).stdout == "more\n")
    }

    @Test("arguments go through byte by byte")
    func bytes() throws {
        let scene = try Scene("--refresh stable")
        let command = #"advault exec one -- printf '<%s>' "$(printf 'a\377 b')" -- "" | od -An -c"#
        let plain = command.replacing("advault exec one -- ", with: "")
        #expect(try scene.must(command).stdout == scene.must(plain).stdout)
    }

    @Test("what cannot be renewed now is lent with a warning, by token and by exec")
    func nearlyOver() throws {
        let scene = try Scene("--refresh stable")
        let token = try #require(try scene.sandbox.issued("access"))
        scene.playground.stopSandbox()
        let now = Int64(Date().timeIntervalSince1970)
        try scene.edit { ($0.consentedAt, $0.accessExpiresAt) = (now - 9_000, now + 250) }
        let printed = try scene.must("advault token one")
        #expect(printed.stdout == token + "\n")
        let words =
            #/^advault: one: the access token ends in [0-9]+ (seconds|minutes) and could not be renewed /#
        #expect(try words.firstMatch(in: printed.stderr) != nil, "\(printed.stderr)")
        let run = try scene.must("advault exec one -- printenv ADVAULT_ACCESS_TOKEN")
        #expect(run.stdout == token + "\n" && run.stderr.hasPrefix("advault: one: the access token ends in "))

        try scene.edit { ($0.refreshExpiresAt, $0.refreshedAt) = (nil, nil) }
        let manual = try scene.must("advault token one")
        #expect(manual.stdout == token + "\n")
        #expect(
            manual.stderr.hasSuffix(
                "and there is no refresh token\nhint: connect again: advault reconnect one\n"))
        try scene.edit { $0.accessExpiresAt = now - 1 }
        let over = try scene.run("advault token one")
        #expect(over.status == 4 && over.stdout == "")
        #expect(over.stderr.hasSuffix("hint: connect again: advault reconnect one\n"))
        #expect(try scene.run("advault exec one -- echo run").status == 125)
    }

    @Test("variables that steer programs are refused, tokens' usual names are not")
    func variables() {
        for name in [
            "PATH", "IFS", "ENV", "BASH_ENV", "LD_PRELOAD", "LD_X", "PYTHONPATH", "PERL5OPT", "NODE_OPTIONS",
            "HTTPS_PROXY", "https_proxy", "SSLKEYLOGFILE", "OPENSSL_CONF", "GIT_SSH_COMMAND", "HOME",
        ] { #expect(VariableName.fault(of: name) == .steers, "\(name)") }
        for name in ["ADVAULT_KEY", "ADVAULT_X", "CREDENTIALS_DIRECTORY"] {
            #expect(VariableName.fault(of: name) == .ours, "\(name)")
        }
        for name in ["", "1A", "A-B", "A=B", "Ä", "A B", "A\0"] {
            #expect(VariableName.fault(of: name) == .malformed, "\(name)")
        }
        for name in ["ADVAULT_ACCESS_TOKEN", "TAP_LINKEDIN_ADS_ACCESS_TOKEN", "_t", "NODE_AUTH_TOKEN"] {
            #expect(VariableName.fault(of: name) == nil, "\(name)")
        }
    }

    @Test("a command is looked for in PATH's folders in turn, an empty one being this")
    func search() {
        func found(_ command: String, _ path: String?) -> [String] {
            ProgramSearch.candidates(Array(command.utf8), path: path.map { Array($0.utf8) })
                .map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(found("tap", "/a:/b/:") == ["/a/tap", "/b//tap", "tap"])
        #expect(found("tap", "") == ["tap"])
        #expect(found("tap", nil) == ["/bin/tap", "/usr/bin/tap"])
        #expect(found("./tap", "/a") == ["./tap"] && found("/x/tap", nil) == ["/x/tap"])
        #expect(found("", "/a") == [])
    }

    private func lines(_ outcome: ChildProcess.Outcome, isSorted: Bool = true) -> [String] {
        let lines = outcome.stdout.split(separator: "\n").map(String.init)
        return isSorted ? lines.sorted() : lines
    }
}

extension Scene {
    /// Changes the row of `one` as another process would.
    fileprivate func edit(_ change: (inout ConnectionRow) -> Void) throws {
        let key = try MachineKey.identity(parsing: SecretBytes(copying: Array(machineKey.utf8).span.bytes))
        try Vault.withUnlocked(at: vaultFolder + "/vault.db", with: .machine(key)) {
            (vault) throws(VaultError) in
            guard var row = vault.connection(named: "one") else { throw .changedMeanwhile }
            change(&row)
            try vault.commit(.replaceConnection(row, nil), Event(.tag, .ok), now: row.updatedAt)
        }
    }
}
