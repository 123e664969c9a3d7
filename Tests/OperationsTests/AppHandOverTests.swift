import CredentialVault
import Foundation
import OAuthCore
import Operations
import Secrets
import Testing

/// `app export` and `app import`: a sender and a receiver, each with a vault and a key of its own.
@Suite struct AppHandOverTests {
    private let sender: Desk
    private let receiver: Desk

    init() throws {
        (sender, receiver) = (try Desk(), try Desk())
        try sender.addApp()
        receiver.files = sender.files
        receiver.now = sender.now + 100
    }

    private func key(_ desk: Desk) throws -> [UInt8] { try desk.locked().slots[0].publicKey }

    /// The sender's app, sealed to a key; nil: the receiver's.
    private func file(_ name: String = "app", to key: [UInt8]? = nil) throws -> String {
        try AppExport.run(name, to: key ?? self.key(receiver), in: sender.context).file
    }

    /// What taking the file in came to.
    private func taken(
        _ file: String, place: AppImportDraft.Place? = nil, with identity: consuming Identity? = nil
    ) -> OperationError? {
        let context = receiver.context
        var publicKey: [UInt8]?
        switch identity {
        case .some(let identity): publicKey = identity.publicKey
        case .none: break
        }
        do throws(OperationError) {
            let draft = try AppImportDraft(file, place: place, key: publicKey, in: context)
            _ = try AppImport.run(draft, with: identity, in: context)
            return nil
        } catch { return error }
    }

    private func operations(_ desk: Desk) throws -> [CredentialVault.Operation] {
        var found: [CredentialVault.Operation] = []
        _ = try Vault.walkJournal(at: desk.path) { found.append($0.operation) }
        return found
    }

    @Test func anAppChangesHandsWithItsSecret() throws {
        let report = try AppExport.run("app", to: key(receiver), in: sender.context)
        #expect(report.app.name == "app" && report.sealedAt == sender.now)
        #expect(report.receiver == MachineKey.publicText(of: try key(receiver)))
        let draft = try AppImportDraft(report.file, place: nil, key: nil, in: receiver.context)
        let taken = try AppImport.run(draft, with: nil, in: receiver.context)
        #expect(taken.sealedAt == sender.now)
        let (mine, theirs) = (try sender.locked().apps[0], try receiver.locked().apps[0])
        #expect(theirs.id != mine.id && theirs.version == 1 && theirs.createdAt == receiver.now)
        #expect(
            theirs.name == mine.name && theirs.provider == mine.provider && theirs.profile == mine.profile)
        #expect(theirs.clientID == mine.clientID && theirs.redirectURI == mine.redirectURI)
        #expect(theirs.scopes == mine.scopes)
        #expect(try operations(sender).last == .appExport)
        #expect(try operations(receiver).last == .appImport)

        // It is an app like any other.
        try receiver.addConnection()
        receiver.reply = { _ in .tokens(access: "access-1") }
        _ = try Refresh.run(.all, .always, in: receiver.context)
        #expect(receiver.requests.last?.body.contains("client_secret=client%20secret") == true)
    }

    @Test func anAppThatIsNotTrustedIsNotHandedOver() throws {
        let before = try sender.locked()
        sender.keysRead = 0
        sender.files = [
            Desk.file("example", refresh: "rotating", more: #","revoke_url":"https://elsewhere.example/r""#)
        ]
        let (context, key) = (sender.context, try key(receiver))
        #expect(
            failure { () throws(OperationError) in try AppExport.run("app", to: key, in: context) }
                == .profileChanged(app: "app", provider: "example"))
        sender.files = []
        let without = sender.context
        #expect(
            failure { () throws(OperationError) in try AppExport.run("app", to: key, in: without) }
                == .providers(.unknownProvider("example")))
        #expect(
            failure { () throws(OperationError) in try AppExport.run("nobody", to: key, in: context) }
                == .noApp("nobody"))
        #expect(try sender.locked() == before && sender.keysRead == 0)
    }

    @Test func whatCanBeSeenWithoutAKeyIsSaidBeforeOneIsAskedFor() throws {
        let (good, before) = (try file(), try receiver.locked())
        let stranger = try Identity.generate()
        let foreign = try file(to: stranger.publicKey)
        receiver.keysRead = 0
        #expect(taken("ADVAULT-APP-1 x") == .vault(.appFile(.malformed)))
        #expect(taken(good, place: .new(name: "")) == .name(.app, .empty))
        #expect(taken(good, place: .new(name: " x")) == .name(.app, .outerSpace))
        #expect(taken(good, place: .into(name: "nobody")) == .noApp("nobody"))
        #expect(taken(foreign) == .vault(.appFile(.anotherReceiver(stranger.publicKey, .noSlot))))
        let holder = VaultError.KeyHolder.slot(.machine, label: "test")
        #expect(
            taken(good, with: try Identity.generate())
                == .vault(.appFile(.anotherReceiver(try key(receiver), holder))))
        receiver.files = []
        #expect(taken(good) == .providers(.unknownProvider("example")))
        receiver.files = [
            Desk.file("example", refresh: "rotating", more: #","issuer":"https://elsewhere.example""#)
        ]
        #expect(taken(good) == .importedProfile(provider: "example"))
        receiver.files = sender.files
        #expect(try receiver.locked() == before && receiver.keysRead == 0)
        #expect(taken(good) == nil)
    }

    @Test func whatDoesNotDecideWhereSecretsGoMayDiffer() throws {
        receiver.files = [
            Desk.file(
                "example", refresh: "rotating", more: #","scopes":["other"],"headers":{"X-Version":"2"}"#)
        ]
        #expect(taken(try file()) == nil)
    }

    @Test func aRedirectURIThatTheProviderHereDoesNotTakeIsRefused() throws {
        receiver.files = [
            Desk.file("example", refresh: "rotating", more: #","redirect_host":"127.0.0.1""#)
        ]
        #expect(taken(try file()) == .appFileValue(.redirectURI))
        #expect(try receiver.locked().apps.isEmpty)
    }

    @Test func aNameThatIsTakenIsRefusedAndAnotherMayBeGiven() throws {
        let good = try file()
        #expect(taken(good) == nil)
        let before = try receiver.locked()
        #expect(taken(good) == .importTaken("app"))
        #expect(taken(good, place: .new(name: "app")) == .importTaken("app"))
        #expect(try receiver.locked() == before)
        #expect(taken(good, place: .new(name: "second")) == nil)
        #expect(try receiver.locked().apps.map(\.name).sorted() == ["app", "second"])
    }

    @Test func anAppWithoutASecretIsHandedOverToo() throws {
        let draft = try AppDraft(
            name: "native", provider: "linkedin-ads-native", clientID: "77", redirectURI: nil, scopes: [],
            in: sender.context)
        _ = try AppAdd.run(draft, secret: nil, in: sender.context)
        let report = try AppExport.run("native", to: key(receiver), in: sender.context)
        #expect(!report.hasSecret)
        #expect(taken(report.file) == nil)
        #expect(try receiver.locked().apps[0].redirectURI == draft.redirectURI.text)
        let before = try receiver.locked()
        #expect(taken(report.file, place: .into(name: "native")) == .clientSecretNotUsed)
        #expect(try receiver.locked() == before)
    }

    @Test func aKeyOfItsOwnOpensTheFile() throws {
        let once = try Identity.generate()
        let file = try file(to: once.publicKey)
        #expect(taken(file, with: once) == nil)
        #expect(try receiver.locked().slots.count == 1)
    }

    @Test func aSlotThatIsNotInHandIsNamed() throws {
        let other = try Identity.generate()
        let publicKey = other.publicKey
        _ = try Keys.add(.machine(publicKey: publicKey), label: "cron", in: receiver.context)
        let file = try file(to: publicKey)
        let before = try receiver.locked()
        #expect(
            taken(file) == .vault(.appFile(.anotherReceiver(publicKey, .slot(.machine, label: "cron")))))
        #expect(try receiver.locked() == before)
        #expect(taken(file, with: other) == nil)
    }

    @Test func aNewSecretGoesIntoTheAppThatIsThereAndItsConnectionsStay() throws {
        #expect(taken(try file()) == nil)
        try receiver.addConnection()
        _ = try AppSetSecret.run("app", secret: try secret("second secret"), in: sender.context)
        _ = try AppRename.run("app", to: "renamed", in: receiver.context)
        let before = try receiver.locked()
        #expect(taken(try file(), place: .into(name: "renamed")) == nil)
        let after = try receiver.locked()
        #expect(after.connections == before.connections && after.apps.count == 1)
        #expect(after.apps[0].version == before.apps[0].version + 1)
        #expect(after.apps[0].name == "renamed" && after.apps[0].id == before.apps[0].id)
        #expect(try operations(receiver).last == .appImport)
        receiver.reply = { _ in .tokens(access: "access-1") }
        _ = try Refresh.run(.all, .always, in: receiver.context)
        #expect(receiver.requests.last?.body.contains("client_secret=second%20secret") == true)
    }

    @Test func aSecretGoesIntoNoAppThatIsNotTrusted() throws {
        #expect(taken(try file()) == nil)
        let moved = Desk.file(
            "example", refresh: "rotating", more: #","revoke_url":"https://elsewhere.example/r""#)
        (sender.files, receiver.files) = ([moved], [moved])
        _ = try AppTrust.run("app", AppTrust.profile(of: "app", in: sender.context), in: sender.context)
        let (file, before) = (try file(), try receiver.locked())
        #expect(
            taken(file, place: .into(name: "app")) == .profileChanged(app: "app", provider: "example"))
        #expect(try receiver.locked() == before)
    }

    @Test func aSecretGoesIntoNoAppOfAnotherClientOrProvider() throws {
        try receiver.addApp("mine", provider: "other")
        receiver.files += sender.files
        let draft = try AppDraft(
            name: "third", provider: "example", clientID: "client-3", redirectURI: nil, scopes: [],
            in: receiver.context)
        _ = try AppAdd.run(draft, secret: try secret("third secret"), in: receiver.context)
        let (file, before) = (try file(), try receiver.locked())
        for name in ["mine", "third"] {
            #expect(
                taken(file, place: .into(name: name)) == .importMismatch(app: name, clientID: "client-1"))
        }
        #expect(try receiver.locked() == before)
    }

    /// A file may be anybody's: here of a vault whose app no `app add` would have taken.
    @Test(
        arguments: [
            ("-app", "c", "http://localhost:1/cb", "", "s", AppImportDraft.Value.name),
            ("a\u{7}", "c", "http://localhost:1/cb", "", "s", .name),
            ("app", "a b", "http://localhost:1/cb", "", "s", .clientID),
            ("app", "a\u{1B}[2J", "http://localhost:1/cb", "", "s", .clientID),
            ("app", "c", "http://evil.example/cb", "", "s", .redirectURI),
            ("app", "c", "http://localhost:1/cb?x", "", "s", .redirectURI),
            ("app", "c", "javascript:alert(1)", "", "s", .redirectURI),
            ("app", "c", "http://localhost:1/cb", "a  b", "s", .scopes),
            ("app", "c", "http://localhost:1/cb", "a\"b", "s", .scopes),
            ("app", "c", "http://localhost:1/cb", " a", "s", .scopes),
            ("app", "c", "http://localhost:1/cb", "", "s\n", .clientSecret),
            ("app", "c", "http://localhost:1/cb", "", "", .clientSecret),
        ])
    func aValueThatNoAppCanHaveIsRefused(
        _ name: String, _ clientID: String, _ redirectURI: String, _ scopes: String, _ secret: String,
        _ value: AppImportDraft.Value
    ) throws {
        let (profile, key) = (try sender.locked().apps[0].profile, try key(receiver))
        let text = try sender.unlocked { (vault) throws(OperationError) in
            do throws(VaultError) {
                let row = AppRow(
                    id: try RowID.random(), name: name == "app" ? "forged" : name, provider: "example",
                    profile: profile, clientID: clientID, redirectURI: redirectURI, scopes: scopes)
                let secrets = AppSecrets(clientSecret: try vaultSecret(secret.isEmpty ? nil : secret))
                try vault.commit(.addApp(row, secrets), Event(.appAdd, .ok), now: 1)
                guard let app = vault.app(row.id) else { throw .changedMeanwhile }
                return try vault.export(app, to: key, now: 1).text
            } catch { throw .vault(error) }
        }
        let before = try receiver.locked()
        #expect(taken(text) == .appFileValue(value))
        #expect(try receiver.locked() == before)
        // Another name mends a bad one, and nothing else.
        let another = taken(text, place: .new(name: "another"))
        #expect(another == (value == .name ? nil : .appFileValue(value)))
    }
}
