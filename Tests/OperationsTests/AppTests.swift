import CredentialVault
import Foundation
import HTTPTransport
import OAuthCore
import Operations
import Secrets
import Testing

@Suite struct AppTests {
    private func desk() throws -> Desk {
        let desk = try Desk()
        desk.files = [Desk.file("example", refresh: "rotating")]
        return desk
    }

    private func draft(
        _ desk: Desk, name: String = "app", provider: String = "example", client: String = "c",
        redirect: String? = nil, scopes: [String] = []
    ) -> OperationError? {
        let context = desk.context
        return failure { () throws(OperationError) in
            _ = try AppDraft(
                name: name, provider: provider, clientID: client, redirectURI: redirect, scopes: scopes,
                in: context)
        }
    }

    @Test func whatIsWrongIsSaidBeforeTheSecretIsAskedFor() throws {
        let desk = try desk()
        desk.keysRead = 0
        #expect(draft(desk, provider: "nobody") == .providers(.unknownProvider("nobody")))
        #expect(draft(desk, name: "") == .name(.app, .empty))
        #expect(draft(desk, name: "a\nb") == .name(.app, .unprintable(scalar: 10)))
        #expect(draft(desk, name: String(repeating: "é", count: 65)) == .name(.app, .tooLong(bytes: 130)))
        #expect(draft(desk, name: "-x") == .name(.app, .leadingHyphen))
        #expect(draft(desk, name: "x ") == .name(.app, .outerSpace))
        #expect(draft(desk, client: "") == .clientID)
        #expect(draft(desk, redirect: "http://localhost:8765/cb?x=1") == .redirectURI(.query))
        #expect(draft(desk, redirect: "http://localhost:8765/cb#x") == .redirectURI(.fragment))
        #expect(draft(desk, redirect: "http://example.com/cb") == .redirectURI(.scheme))
        #expect(draft(desk, scopes: [""]) == .scope)
        #expect(draft(desk) == nil)
        #expect(desk.keysRead == 0)
    }

    /// A name is resolved by whatever the machine says, and may be somebody else (RFC 8252, 8.3).
    @Test(arguments: [
        ("http://127.0.0.1:9/cb", true), ("http://[::1]:9/cb", true), ("http://127.0.0.1/cb", true),
        ("http://localhost:9/cb", false), ("http://127.0.0.2:9/cb", false), ("https://127.0.0.1:9/cb", false),
        ("https://app.example/cb", false),
    ])
    func aNativeAppIsRedirectedToLiteralsAlone(_ redirect: String, _ isTaken: Bool) throws {
        let desk = try desk()
        let found = draft(desk, name: "native", provider: "linkedin-ads-native", redirect: redirect)
        #expect(found == (isTaken ? nil : .redirectURI(.notLiteral)))
    }

    @Test func theStandardRedirectURIIsOnTheProfilesHost() throws {
        let desk = try desk()
        func standard(_ provider: String, port: UInt16 = AppDraft.standardPort) throws -> String {
            try AppDraft(
                name: "other", provider: provider, clientID: "c", redirectURI: nil, port: port, scopes: [],
                in: desk.context
            ).redirectURI.text
        }
        #expect(try standard("linkedin-ads") == "http://localhost:8765/callback/linkedin-ads")
        #expect(
            try standard("linkedin-ads-native", port: 9000)
                == "http://127.0.0.1:9000/callback/linkedin-ads-native")
    }

    @Test func nothingIsProvenOfAnAppThatCannotBeAskedAbout() throws {
        let desk = try Desk()
        let draft = try AppDraft(
            name: "app", provider: "linkedin-ads-native", clientID: "c", redirectURI: nil, scopes: [],
            in: desk.context)
        _ = try AppAdd.run(draft, secret: nil, in: desk.context)
        desk.keysRead = 0
        let context = desk.context
        let found = failure { () throws(OperationError) in _ = try AppCheck.run("app", in: context) }
        #expect(found == .appNotProvable(app: "app", hasSecret: false))
        #expect(desk.requests.isEmpty && desk.keysRead == 0)
    }

    @Test func aSecretIsNeededWhereTheProfileUsesOne() throws {
        let desk = try desk()
        let context = desk.context
        let draft = try AppDraft(
            name: "app", provider: "example", clientID: "c", redirectURI: nil, scopes: [], in: context)
        #expect(
            failure { () throws(OperationError) in try AppAdd.run(draft, secret: nil, in: context) }
                == .clientSecretMissing)
        for (text, error) in [("", OperationError.clientSecretMissing), ("a\nb", .clientSecretMalformed)] {
            let found = failure { () throws(OperationError) in
                try AppAdd.run(draft, secret: operationSecret(text), in: context)
            }
            #expect(found == error)
        }
        #expect(try desk.locked().apps.isEmpty)
    }

    @Test func anAppIsListedRenamedAndRemoved() throws {
        let desk = try desk()
        try desk.addApp()
        try desk.addConnection()
        #expect(draft(desk) == .appTaken("app"))
        let shown = try AppList.run(in: desk.context).apps[0]
        #expect(shown.name == "app" && shown.connections == ["acme"] && shown.isTrusted == true)
        #expect(shown.redirectURI == "http://localhost:8765/callback/example")

        let context = desk.context
        #expect(
            failure { () throws(OperationError) in try AppRemove.run("app", in: context) }
                == .appInUse(app: "app", connections: ["acme"]))
        #expect(try AppRename.run("app", to: "other", in: context).name == "other")
        _ = try Disconnect.run("acme", localOnly: true, in: context)
        try AppRemove.run("other", in: context)
        #expect(
            failure { () throws(OperationError) in try AppList.show("other", in: context) } == .noApp("other")
        )
    }

    @Test func aNewSecretIsTheOneThatIsSent() throws {
        let desk = try desk()
        try desk.addApp()
        try desk.addConnection()
        _ = try AppSetSecret.run("app", secret: try secret("second secret"), in: desk.context)
        desk.reply = { _ in .tokens(access: "access-1") }
        _ = try Refresh.run(.all, .always, in: desk.context)
        #expect(desk.requests.last?.body.contains("client_secret=second%20secret") == true)
    }

    @Test(arguments: [(200, "proven"), (401, "secret"), (400, "id")])
    func anAppIsProvenByADummyToken(_ status: Int, _ expected: String) throws {
        let desk = try desk()
        try desk.addApp()
        desk.reply = { _ in
            status == 200 ? .inactive : .error(status, status == 401 ? "invalid_client" : "invalid_request")
        }
        let verdict = try AppCheck.run("app", in: desk.context).verdict
        switch verdict {
        case .proven: #expect(expected == "proven")
        case .wrongSecret: #expect(expected == "secret")
        case .wrongClientID: #expect(expected == "id")
        }
    }

    @Test func nothingBuiltOnAnUnverifiedRowIsBlessed() throws {
        let desk = try desk()
        try desk.addApp()
        let before = try desk.locked().apps[0]
        _ = try AppRename.run("app", to: "other", in: desk.context)
        let after = try desk.locked().apps[0]
        #expect(after.clientID == before.clientID && after.profile == before.profile)
        #expect(after.version == before.version + 1)
    }

    @Test func keysAreMadeEnrolledAndListed() throws {
        let desk = try desk()
        let made = try Keys.generate()
        let publicKey = try MachineKey.publicKey(parsing: made.publicText)
        let report = try Keys.add(.machine(publicKey: publicKey), label: "cron", in: desk.context)
        #expect(report.slots.map(\.label) == ["cron", "test"])
        #expect(try Keys.list(in: desk.context).slots[0].publicKey == made.publicText)
        let context = desk.context
        #expect(
            failure { () throws(OperationError) in
                try Keys.add(.machine(publicKey: publicKey), label: "cron", in: context)
            } == .labelTaken("cron"))
        #expect(
            failure { () throws(OperationError) in
                try Keys.add(.machine(publicKey: publicKey), label: "again", in: context)
            } == .vault(.publicKeyTaken(label: "cron")))
        #expect(try Verify.run(in: context).counts.slots == 2)
    }

    @Test func aCheckStaysOutOfAVaultThatSomebodyHasAlone() throws {
        let desk = try desk()
        try desk.addApp()
        var context = desk.context
        context.lockWaitSeconds = 0
        let held = try VaultLocks.exclusive(beside: desk.path, wait: 0)
        withExtendedLifetime(held) {
            #expect(
                failure { () throws(OperationError) in _ = try AppCheck.run("app", in: context) }
                    == .vault(.busy(holder: nil)))
        }
    }

    @Test func providersAreListedWithWhatIsWrongWithThem() throws {
        let desk = try desk()
        desk.files.append(.init(name: "broken", bytes: Array("{".utf8)))
        let list = ProviderList.run(in: desk.context)
        #expect(list.map(\.name) == ["linkedin-ads", "linkedin-ads-native", "broken", "example"])
        #expect(list.map { $0.failure == nil } == [true, true, false, true])
    }
}

private func operationSecret(_ text: String) throws(OperationError) -> SecretBytes {
    do { return try SecretBytes(copying: Array(text.utf8).span.bytes) } catch { throw .secrets(error) }
}
