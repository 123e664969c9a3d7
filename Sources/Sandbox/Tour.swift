import Foundation

/// The README's first command: the real advault against a sandbox of its own, from an empty folder to a
/// refreshed connection, and then a search for every secret in what it left on the disk and printed.
package struct Tour {
    private let server: SandboxServer
    private let app: App
    private let folder: String
    private let passphrase: String
    private var shell: TourShell
    private var redirectURI: String { app.redirectURIs[0] }

    /// - Parameters:
    ///   - advault: The binary to drive.
    ///   - keepsFolder: Whether the folder is left for a look at it.
    /// - Throws: `TourFailure`, and what the system says where a file cannot be written.
    package static func run(advault: String, refresh: RefreshModel, keepsFolder: Bool) async throws {
        guard FileManager.default.isExecutableFile(atPath: advault) else {
            throw TourFailure.noAdvault(advault)
        }
        let folder = try makeFolder()
        defer { if !keepsFolder { try? FileManager.default.removeItem(atPath: folder) } }
        let port = try FreePort.find()
        let app = App.random(redirectURIs: ["http://localhost:\(port)/callback/\(ProviderFile.name)"])
        var settings = Settings()
        settings.refresh = refresh
        let server = try await SandboxServer.start(Sandbox(settings: settings, apps: [app], logsTokens: true))
        var tour = Tour(server: server, app: app, folder: folder, advault: advault)
        do {
            try await tour.walk(refresh)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private init(server: SandboxServer, app: App, folder: String, advault: String) {
        self.server = server
        self.app = app
        self.folder = folder
        passphrase = Random.string(24, from: Random.base64URL)
        let environment = [
            "XDG_CONFIG_HOME": folder + "/config", "XDG_DATA_HOME": folder + "/data",
            "XDG_STATE_HOME": folder + "/state",
        ]
        shell = TourShell(advault: advault, folder: folder, environment: environment)
    }

    private mutating func walk(_ refresh: RefreshModel) async throws {
        try prepare(refresh)
        try await makeVault()
        try await connect()
        try await shell.run(["test", "acme", "--passphrase-file", "passphrase"])
        let machineKey = try await enrolMachine()
        shell.say(
            "# As cron does it: the environment holds the key and the three folders, nothing else."
        )
        try await shell.run(
            ["refresh", "--all", "--force"], typing: "ADVAULT_KEY=\"$(cat cron.key)\" ",
            with: ["ADVAULT_KEY": machineKey])
        try await shell.run(["list"])
        try await search(machineKey)
    }

    private mutating func prepare(_ refresh: RefreshModel) throws {
        let providers = folder + "/config/advault/providers"
        try FileManager.default.createDirectory(atPath: providers, withIntermediateDirectories: true)
        let file = try ProviderFile.json(baseURL: server.baseURL, refresh: refresh)
        try file.write(to: URL(fileURLWithPath: "\(providers)/\(ProviderFile.name).json"))
        try writePrivate(passphrase + "\n", to: "passphrase")
        try writePrivate(app.secret + "\n", to: "client-secret")
        shell.say("# A LinkedIn-shaped server listens on \(server.baseURL); nothing leaves this machine.")
        shell.say(
            "# Two files stand ready, as a password manager would hand them over: passphrase, client-secret.")
        shell.say("$ cd \(TourShell.quote(folder))")
        shell.say("$ export XDG_CONFIG_HOME=$PWD/config XDG_DATA_HOME=$PWD/data XDG_STATE_HOME=$PWD/state")
        shell.say("")
    }

    private mutating func makeVault() async throws {
        try await shell.run(["key", "generate", "--out", "cron.key"])
        try await shell.run(["init", "--new-passphrase-file", "passphrase"])
        try await shell.run([
            "app", "add", "agency", "--provider", ProviderFile.name, "--client-id", app.id, "--redirect-uri",
            redirectURI, "--client-secret-file", "client-secret", "--passphrase-file", "passphrase",
        ])
    }

    /// The address that connect prints on a line of its own is visited as the member would.
    private mutating func connect() async throws {
        let redirectURI = redirectURI
        let port = URLComponents(string: redirectURI)?.port ?? 0
        var visited = false
        try await shell.run([
            "connect", "acme", "--app", "agency", "--no-browser", "--passphrase-file", "passphrase",
        ]) { line in
            guard !visited, line.hasPrefix("http://"), URLComponents(string: line)?.port == port,
                line != redirectURI
            else { return }
            visited = true
            TourShell.print("# The member's browser visits it, and presses Allow on the consent page.")
            var browser = TourBrowser()
            let status = try await browser.consent(startingAt: line)
            guard status == 200 else { throw TourFailure.browser("the callback answered \(status)") }
        }
        if !visited { throw TourFailure.noStartPage }
    }

    /// - Returns: the secret half.
    private mutating func enrolMachine() async throws -> String {
        let text = try String(contentsOfFile: folder + "/cron.key", encoding: .utf8)
        let publicKey = shell.transcript.split(separator: "\n").first { $0.hasPrefix("advault1") }.map(
            String.init)
        try await shell.run([
            "key", "add", "cron", "--public-key", publicKey ?? "", "--passphrase-file", "passphrase",
        ])
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private mutating func search(_ machineKey: String) async throws {
        let tokens = await server.sandbox.log.lines.compactMap(\.token)
        var secrets = [("passphrase", Array(passphrase.utf8)), ("client secret", Array(app.secret.utf8))]
        secrets += [("machine key", Array(machineKey.utf8))]
        if let bytes = MachineKeyText.bytes(machineKey) { secrets.append(("machine key's bytes", bytes)) }
        secrets += Set(tokens).sorted().enumerated().map {
            ("token \($0.offset + 1)", Array($0.element.utf8))
        }
        let needles = secrets.flatMap { Needle.all(of: $0.1, called: $0.0) }

        var control = Search(Needle.all(of: Array(app.id.utf8), called: "client ID"))
        try control.folder(folder + "/data/advault")
        if control.findings.isEmpty { throw TourFailure.blindSearch }
        var search = Search(needles)
        try search.folder(folder + "/data/advault")
        try search.folder(folder + "/state/advault")
        let inVault = search.bytes
        search.data(Data(shell.transcript.utf8), called: "what was printed")

        shell.say(
            "# Does a secret stand in the vault's folder, in the anchor's, or in what was printed above?")
        shell.say(
            "searched \(search.files) files, \(inVault) bytes, and \(search.bytes - inVault) bytes of output")
        shell.say(
            "for \(secrets.count) secrets: the passphrase, the client secret, the machine key and its bytes,")
        shell.say(
            "and all \(Set(tokens).count) codes and tokens that the server ever issued; \(needles.count) needles:"
        )
        shell.say("raw, hexadecimal, percent-encoded, base64 in its three alignments, in pieces of 32 bytes")
        guard search.findings.isEmpty else { throw TourFailure.leak(search.findings) }
        shell.say("none was found (the client ID, which is no secret, was: the search does find things)")
    }

    private func writePrivate(_ text: String, to name: String) throws {
        let made = FileManager.default.createFile(
            atPath: "\(folder)/\(name)", contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        if !made { throw ControlError.file(name, errno) }
    }

    /// 0700, with a name that nobody else has.
    private static func makeFolder() throws -> String {
        var template = Array(
            (FileManager.default.temporaryDirectory.path + "/advault-tour-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw ControlError.file("a temporary folder", errno) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
