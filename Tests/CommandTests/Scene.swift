import CredentialVault
import Foundation
import Testing

/// A vault made by the binary with a passphrase and a machine key, a sandbox, and the app `acme` of its own.
final class Scene {
    let playground: Playground
    let sandbox: SandboxControl

    static let connect = "advault connect one --no-browser"
    static var visit: [ChildProcess.Reaction] { [.init(text: "http://", act: .visit(Browser()))] }

    /// - Parameter connected: with the connection `one`.
    init(_ options: String, connected: Bool = true) throws {
        playground = try Playground()
        try playground.begin(scene: connected ? "connected" : "app", "--log-tokens " + options)
        sandbox = playground.control
    }

    var folder: String { playground.folder }
    var vaultFolder: String { folder + "/home/.local/share/advault" }
    var clientSecret: String { playground.secrets.last ?? "" }
    /// The machine key as it is typed.
    var machineKey: String { (try? text("machine.key")) ?? "" }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func run(_ command: String, _ reactions: [ChildProcess.Reaction] = []) throws -> ChildProcess.Outcome {
        try ChildProcess.run(
            command, environment: playground.environment, terminal: false, reactions: reactions)
    }

    func begin(_ command: String) throws -> ChildProcess {
        try ChildProcess.begin(command, environment: playground.environment)
    }

    /// Runs what a test stands on.
    @discardableResult
    func must(_ command: String, _ reactions: [ChildProcess.Reaction] = []) throws -> ChildProcess.Outcome {
        let outcome = try run(command, reactions)
        guard outcome.status == 0 else {
            throw Fixture.Failure(text: "\(command): \(outcome.status) \(outcome.stderr)")
        }
        return outcome
    }

    /// `one` as it stands when its access token is over, or ends soon: the row says so, as if 60 days had passed.
    func makeDue(endsIn seconds: Int64 = -1) throws {
        try unlocked { (vault) throws(VaultError) in
            guard var row = vault.connection(named: "one") else { throw .changedMeanwhile }
            let now = Int64(Date().timeIntervalSince1970)
            row.accessExpiresAt = now + seconds
            row.refreshedAt = now - 60 * 86_400
            try vault.commit(
                .replaceConnection(row, nil), Event(.tag, .ok, connection: row.id), now: now)
        }
        guard try connection()?["state"] as? String == "due" else {
            throw Fixture.Failure(text: "an access token that is over is not due")
        }
    }

    /// The row of `one` in `advault list --json`.
    func connection() throws -> [String: Any]? {
        let answer = try must("advault list --json").stdout
        let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        return (object?["connections"] as? [[String: Any]])?.first
    }

    /// The file and its -wal to the last byte.
    func vaultFiles() -> [Data?] {
        ["", "-wal"].map { FileManager.default.contents(atPath: vaultFolder + "/vault.db" + $0) }
    }

    /// Starts a command and returns when the sandbox holds back the answer to its request.
    func heldBack(
        _ command: String, at endpoint: String = "token", reactions: [ChildProcess.Reaction] = []
    ) throws -> ChildProcess {
        try sandbox.hold(endpoint)
        let child = try begin(command)
        try child.follow(reactions) { try sandbox.held() == 1 }
        if try sandbox.held() != 1 {
            throw Fixture.Failure(text: "\(command) ended without a request: \(child.finish().stderr)")
        }
        return child
    }
}

/// Looks until the condition holds, for 30 s at most.
func reached(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date().addingTimeInterval(30)
    while Date() < deadline {
        if try condition() { return true }
        poll(nil, 0, 5)
    }
    return false
}
