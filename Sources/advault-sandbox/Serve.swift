import ArgumentParser
import Foundation
import Sandbox

extension RefreshModel: ExpressibleByArgument {}

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves until SIGTERM or SIGINT.",
        discussion: """
            Prints one JSON line when it is ready: base_url, control_key, client_id, client_secret, redirect_uris, pid.
            Requests under /sandbox/ need the control key in the header X-Sandbox-Key.
            """)

    @Option(help: "Port on 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 0
    @Option(help: "What a refresh does to the refresh token: stable, rotating or none.")
    var refresh: RefreshModel = .stable
    @Option(help: "Seconds that an access token lives.")
    var accessLifetime: Int?
    @Option(help: "Seconds that a consent lives.")
    var refreshLifetime: Int?
    @Option(help: "Seconds that a code lives.")
    var codeLifetime: Int?
    @Option(help: "Characters of each token.")
    var tokenLength: Int?
    @Option(help: "Seconds added to the clock.")
    var clockOffset: Int?
    @Option(
        help: "Answers the consent page by itself: approve, user_cancelled_login, user_cancelled_authorize.")
    var consent: Decision?
    @Option(name: .customLong("redirect-uri"), help: "A registered redirect URI; may be repeated.")
    var redirectURIs = [
        "http://localhost:8765/callback/linkedin-sandbox", "http://localhost:8765/callback/linkedin-ads",
    ]
    @Flag(help: "Enables the app for native PKCE, and makes the provider file one without a client secret.")
    var native = false
    @Option(help: "Where to write a provider file named linkedin-sandbox that points here.")
    var writeProvider: String?
    @Option(help: "Where to append the log of tokens, as JSON lines.")
    var log: String?
    @Flag(help: "Writes the tokens themselves into the log, for tests that search for them.")
    var logTokens = false
    @Flag(help: "Ends when the standard input is closed, so that it does not outlive who started it.")
    var untilStdinCloses = false

    func run() async throws {
        let ending = await Ending.prepare(stdin: untilStdinCloses)
        let app = App.random(redirectURIs: redirectURIs, native: native)
        let sandbox = try Sandbox(settings: settings, apps: [app], logFile: log, logsTokens: logTokens)
        let server = try await SandboxServer.start(sandbox, port: port)
        if let path = writeProvider {
            let file = try ProviderFile.json(baseURL: server.baseURL, refresh: refresh, native: native)
            try file.write(to: URL(fileURLWithPath: path), options: .atomic)
        }
        try FileHandle.standardOutput.write(contentsOf: readyLine(server, app))
        await ending.wait()
        await server.stop()
    }

    private var settings: Settings {
        var settings = Settings()
        settings.refresh = refresh
        settings.consent = consent
        if let accessLifetime { settings.accessLifetime = accessLifetime }
        if let refreshLifetime { settings.refreshLifetime = refreshLifetime }
        if let codeLifetime { settings.codeLifetime = codeLifetime }
        if let tokenLength { settings.tokenLength = tokenLength }
        if let clockOffset { settings.clockOffset = clockOffset }
        return settings
    }

    private func readyLine(_ server: SandboxServer, _ app: App) throws -> Data {
        let fields: [String: Any] = [
            "base_url": server.baseURL, "control_key": server.sandbox.controlKey, "client_id": app.id,
            "client_secret": app.secret, "redirect_uris": app.redirectURIs, "pid": Int(getpid()),
        ]
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        return try JSONSerialization.data(withJSONObject: fields, options: options) + Data("\n".utf8)
    }
}

extension Decision: ExpressibleByArgument {}
