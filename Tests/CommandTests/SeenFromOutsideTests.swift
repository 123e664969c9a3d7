import Foundation
import Testing

/// What the process has done to itself before it reads a secret, seen from outside.
@Suite("Seen from outside")
struct SeenFromOutsideTests {
    @Test("it is not dumpable and leaves no core, and its secrets are gone from the environment")
    func dumps() throws {
        let playground = try Playground()
        try playground.use(try Fixture.vault.get())
        try Unprivileged.prepare(playground)
        let advault = Unprivileged.prefix + "./advault "
        let uri = "http://localhost:\(Playground.freePort())/callback/linkedin-ads"
        let added = try ChildProcess.run(
            advault + "app add acme --provider linkedin-ads --client-id 77acme --client-secret-file secret "
                + "--redirect-uri \(uri)", environment: playground.environment, terminal: false)
        #expect(added.status == 0, "\(added.stderr)")

        // For comparison a process of the same user that did nothing: it belongs to that user, and may dump.
        let plain = try begin(
            "ulimit -c unlimited; exec \(Unprivileged.prefix) tail -f /dev/null", "tail", playground)
        #expect(plain.owner(of: "environ") == Unprivileged.user)
        #expect(!plain.text("limits").contains(#/Max core file size +0 /#))
        kill(plain.pid, SIGKILL)

        playground.set(
            "ADVAULT_KEY", try String(contentsOfFile: playground.folder + "/machine.key", encoding: .utf8))
        playground.set("ADVAULT_KEY_FILE", "")
        let child = try ChildProcess.begin(
            "ulimit -c unlimited; exec \(advault) connect one --no-browser",
            environment: playground.environment)
        child.follow { Browser.address(in: child.saidSoFar) != nil }
        let process = ProcessView(pid: child.pid)
        #expect(process.status("Uid") == Array(repeating: "\(Unprivileged.user)", count: 4))
        for name in ["environ", "mem", "maps"] { #expect(process.owner(of: name) == 0, "\(name)") }
        // The hard limit stays: `exec` gives its command the former size back.
        #expect(process.text("limits").contains(#/Max core file size +0 +unlimited /#))
        if Unprivileged.isRoot {
            let environ = process.text("environ")
            #expect(environ.contains("HOME="))
            #expect(!environ.contains("ADVAULT-SECRET-KEY"))
        }
        kill(child.pid, SIGKILL)
        _ = child.finish()
    }

    /// The limit that SECURITY.md states, and no more than that.
    @Test("a command that exec runs shows the token in its environment, once, and not in its arguments")
    func command() throws {
        let scene = try Scene("--refresh rotating")
        let token = try #require(try scene.sandbox.issued("access"))
        let refreshToken = try #require(try scene.sandbox.issued("refresh"))
        let process = try begin(
            "exec env ADVAULT_KEY=\"$(cat machine.key)\" ADVAULT_KEY_FILE= advault exec one -- tail -f /dev/null",
            "tail",
            scene.playground)
        #expect(process.text("cmdline") == "tail\0-f\0/dev/null\0")
        let environ = process.text("environ")
        #expect(environ.components(separatedBy: token).count == 2)
        #expect(environ.contains("\0ADVAULT_ACCESS_TOKEN=\(token)\0"))
        for secret in [refreshToken, scene.clientSecret, scene.machineKey, "ADVAULT_KEY"] {
            let isShown = environ.contains(secret)
            #expect(!isShown)
        }
        kill(process.pid, SIGKILL)
    }

    @Test("variables that make a library write keys or load code have no effect")
    func variables() throws {
        let playground = try Playground()
        try playground.use(try Fixture.vault.get())
        let server = try TLSAnswer(playground)
        defer { server.stop() }
        let address = "https://localhost:\(server.port)"
        try playground.write(
            "home/.config/advault/providers/tls.json", 0o600,
            #"{"name":"tls","authorize_url":"\#(address)/a","token_url":"\#(address)/t","introspect_url":"\#(address)/i","client_auth":"post","refresh":"stable"}"#
        )
        playground.set("SSL_CERT_FILE", playground.folder + "/server.pem")
        func run(_ command: String) throws -> ChildProcess.Outcome {
            try ChildProcess.run(command, environment: playground.environment, terminal: false)
        }
        let added = try run(
            "advault app add acme --provider tls --client-id 77acme --client-secret-file secret")
        #expect(added.status == 0, "\(added.stderr)")
        try playground.write(
            "openssl.cnf", 0o600,
            """
            config_diagnostics = 1
            openssl_conf = init
            [init]
            providers = list
            [list]
            missing = missing
            [missing]
            module = $DIR/missing.so
            activate = 1
            """)
        // Both do something to a program that lets them.
        #expect(try run("OPENSSL_CONF=openssl.cnf openssl rand -hex 1").status != 0)
        #expect(
            try run("SSLKEYLOGFILE=theirs.log python3 -c '\(TLSAnswer.client)' \(server.port)").status == 0)
        #expect(FileManager.default.fileExists(atPath: playground.folder + "/theirs.log"))

        let steered = "SSLKEYLOGFILE=ours.log OPENSSL_CONF=openssl.cnf OPENSSL_MODULES=. OPENSSL_ENGINES=. "
        let outcome = try run(steered + "advault app check acme")
        #expect(outcome.status == 0, "\(outcome.stderr)")
        #expect(!FileManager.default.fileExists(atPath: playground.folder + "/ours.log"))
        #expect(try run(steered + "advault verify").status == 0)
    }

    /// Starts a command and waits until it has become the program.
    private func begin(_ command: String, _ name: String, _ playground: Playground) throws -> ProcessView {
        let child = try ChildProcess.begin(command, environment: playground.environment)
        let process = ProcessView(pid: child.pid)
        let isThere = reached { process.text("comm") == name + "\n" }
        #expect(isThere)
        running.children.append(child)
        return process
    }

    private final class Running { var children: [ChildProcess] = [] }
    private let running = Running()
}
