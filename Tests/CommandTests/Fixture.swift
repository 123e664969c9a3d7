import Foundation

/// A home that was made once, by the binary itself, and is copied for each script that wants one.
struct Fixture: Sendable {
    let folder: String

    /// A vault with a passphrase slot and a machine slot; the machine's key in `machine.key`.
    static let vault = Result { try make(["true"]) }
    /// The same with the app `acme` of linkedin-ads.
    static let app = Result {
        try make([
            "advault app add acme --provider linkedin-ads --client-id 77acme --client-secret-file secret"
        ])
    }

    /// Holds all of them, and goes when the tests end.
    private static let root: String = {
        let root = FileManager.default.temporaryDirectory.appending(
            path: "advault-golden-fixtures-\(getpid())"
        ).path
        try? FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        atexit { try? FileManager.default.removeItem(atPath: Fixture.root) }
        return root
    }()

    static func named(_ name: String) throws -> Fixture? {
        switch name {
        case "none": nil
        case "vault": try vault.get()
        case "app": try app.get()
        default: throw Failure(text: "no fixture is called \(name)")
        }
    }

    struct Failure: Error { let text: String }

    private static func make(_ commands: [String]) throws -> Fixture {
        let playground = try Playground()
        let folder = root + "/" + UUID().uuidString
        playground.set("ADVAULT_NEW_PASSPHRASE", Playground.passphrase)
        playground.set("ADVAULT_PASSPHRASE", Playground.passphrase)
        let first = [
            "advault init", "advault key generate --out machine.key > public",
            "advault key add cron --public-key $(cat public)",
        ]
        for command in first + commands {
            let outcome = try ChildProcess.run(
                command, environment: playground.environment, terminal: false)
            guard outcome.status == 0 else { throw Failure(text: "\(command): \(outcome.stderr)") }
        }
        try FileManager.default.copyItem(atPath: playground.folder, toPath: folder)
        return Fixture(folder: folder)
    }
}
