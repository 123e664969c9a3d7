import CredentialVault
import Foundation
import OAuthCore
import Operations
import Secrets
import Testing

/// While a key is asked for (a person types, a command fetches it) every other process has the vault as before.
@Suite struct KeyInHandTests {
    typealias Command = @Sendable (Context) throws -> Void

    static let commands: [(String, Command)] = [
        ("refresh one", { _ = try Refresh.run(.named(["acme"]), .forced, in: $0) }),
        ("refresh all", { _ = try Refresh.run(.all, .forced, in: $0) }),
        ("test", { _ = try Operations.Test.run(.named(["acme"]), in: $0) }),
        ("token", { _ = try Token.lend(of: "acme", in: $0) { clear($0) } }),
        ("disconnect", { _ = try Disconnect.run("acme", localOnly: true, in: $0) }),
        ("tag", { _ = try Tagging.run(.all, adding: [Tag("new")], removing: [], in: $0) }),
        ("rename", { _ = try Rename.run("acme", to: "new", in: $0) }),
        (
            "app add",
            { context in
                let draft = try AppDraft(
                    name: "more", provider: "example", clientID: "c", redirectURI: nil, scopes: [],
                    in: context)
                _ = try AppAdd.run(draft, secret: try secret("s"), in: context)
            }
        ),
        ("app export", { _ = try AppExport.run("app", to: Identity.generate().publicKey, in: $0) }),
        ("app check", { _ = try AppCheck.run("app", in: $0) }),
        ("app set-secret", { _ = try AppSetSecret.run("app", secret: try secret("s"), in: $0) }),
        ("app rename", { _ = try AppRename.run("app", to: "new", in: $0) }),
        (
            "app trust",
            { _ = try AppTrust.run("app", try AppTrust.profile(of: "app", in: $0), in: $0) }
        ),
        ("app remove", { try AppRemove.run("other", in: $0) }),
        (
            "key add",
            {
                let key = try Identity.generate().publicKey
                _ = try Keys.add(.machine(publicKey: key), label: "more", in: $0)
            }
        ),
        ("key rename", { _ = try Keys.rename("test", to: "new", in: $0) }),
        ("key rotate", { _ = try Rekey.rotate(in: $0) }),
        ("key rotate --dry-run", { _ = try Rekey.plan(.rotate, in: $0) }),
        ("recover", { _ = try Recover.run(nil, discarding: false, in: $0) }),
        ("verify", { _ = try Verify.run(in: $0) }),
    ]

    @Test(arguments: commands.indices)
    func nothingIsHeldMeanwhile(_ number: Int) throws {
        let (name, command) = Self.commands[number]
        let desk = try Desk()
        try desk.addApp("other")
        try desk.addApp()
        for name in ["acme", "globex"] { try desk.addConnection(name, refresh: "refresh-\(name)") }
        desk.reply = { sent in
            if sent.isToken { return .tokens(access: "access-1", refresh: "refresh-1") }
            return sent.isIntrospection ? .active : .nothing
        }
        let id = try desk.row().id
        var context = desk.context
        let source = context.key
        var asked = 0
        context.key = KeySource(isInteractive: true, check: source.check) { () throws(OperationError) in
            asked += 1
            do throws(VaultError) {
                let alone = try VaultLocks.exclusive(beside: desk.path, wait: 0)
                try alone.lock(connection: id, wait: 0)
            } catch { throw .vault(error) }
            return try source.read()
        }
        #expect(throws: Never.self, "\(name)") { try command(context) }
        #expect(asked == 1, "\(name)")
    }

    @Test func theWordsForWhoIsWaitedForNameWhatIsHeld() throws {
        let desk = try Desk()
        try desk.addApp()
        try desk.addConnection()
        let other = try VaultLocks.shared(beside: desk.path, wait: 0)
        try other.lock(connection: try desk.row().id, wait: 0)
        var context = desk.context
        context.lockWaitSeconds = 0
        #expect(throws: OperationError.vault(.busy(holder: nil, .connection))) {
            try Refresh.run(.named(["acme"]), .always, in: context)
        }
        #expect(throws: OperationError.vault(.busy(holder: nil, .vault))) { try Rekey.rotate(in: context) }
        other.unlock(connection: try desk.row().id)
    }
}
