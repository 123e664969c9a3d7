import Foundation
import Testing

/// A vault of its own with one app at the third-party server, and a member who consents by consent.py.
final class ThirdPartyStage {
    enum Form: String { case plain = "toolkit", tls = "toolkit-tls" }

    let server: ThirdPartyServer
    let playground: Playground
    private let form: Form

    init(_ server: ThirdPartyServer, _ form: Form) throws {
        (self.server, self.form) = (server, form)
        playground = try Playground()
        if let vault = try Fixture.named("vault") { try playground.use(vault) }
        playground.set("PYTHONDONTWRITEBYTECODE", "1")
        if form == .tls { playground.set("SSL_CERT_FILE", server.ready.caFile) }
        let file = try #require(server.ready.providerFiles[form.rawValue])
        try playground.write(
            "home/.config/advault/providers/\(form.rawValue).json", 0o600,
            String(contentsOfFile: file, encoding: .utf8))
        try playground.write("secret", 0o600, server.ready.clientSecret)
        try run(
            "advault app add acme --provider \(form.rawValue) --client-id \(server.ready.clientId) "
                + "--client-secret-file secret "
                + "--redirect-uri http://localhost:\(Playground.freePort())/callback/\(form.rawValue)")
    }

    /// Runs a command to its end and compares its exit status; no secret may stand in what it says.
    @discardableResult
    func run(
        _ command: String, ends status: Int32 = 0, at location: SourceLocation = #_sourceLocation
    ) throws -> ChildProcess.Outcome {
        let outcome = try ChildProcess.run(
            command, environment: playground.environment, terminal: false)
        let said = outcome.stdout + outcome.stderr
        #expect(outcome.status == status, "\(command)\n\(said)", sourceLocation: location)
        for secret in [server.ready.clientSecret, server.ready.password, Playground.passphrase] {
            let isClean = !said.contains(secret)
            #expect(isClean, "a secret in what it said: \(command)", sourceLocation: location)
        }
        return outcome
    }

    /// Runs connect or reconnect while consent.py is the person in the browser.
    @discardableResult
    func consent(
        _ command: String, by options: String = "", ends status: Int32 = 0,
        at location: SourceLocation = #_sourceLocation
    ) throws -> ChildProcess.Outcome {
        // As arguments: the member is made up. The output is searched for the password all the same.
        let person = "--username \(server.ready.username) --password \(server.ready.password) \(options)"
        let trust = form == .tls ? "--ca-file \(server.ready.caFile)" : ""
        let script = ThirdPartyServer.folder.appending(path: "consent.py").path
        return try run(
            "python3 '\(script)' \(person) \(trust) -- advault \(command) --no-browser", ends: status,
            at: location)
    }

    /// The requests to the token endpoint while `body` ran: grant type, status, and whether over TLS.
    func tokenRequests(_ body: () throws -> Void) throws -> [String] {
        let before = try server.state().requests.count
        try body()
        return try server.state().requests.dropFirst(before).filter { $0.path == "/o/token/" }
            .map { "\($0.grant ?? "none") \($0.status)\($0.secure ? " TLS" : "")" }
    }

    /// The column of `advault list --json` for the only connection.
    func connection(_ key: String) throws -> String? {
        let answer = try run("advault list --json").stdout
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        let rows = object?["connections"] as? [[String: Any]]
        return rows?.first?[key] as? String
    }

    func token() throws -> String { try run("advault token one").stdout }
}
