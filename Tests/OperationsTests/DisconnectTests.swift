import CredentialVault
import Glibc
import HTTPTransport
import OAuthCore
import Operations
import Testing

/// `disconnect`: what is asked of the provider, what is made of its answer, and that the connection goes either way.
@Suite(.serialized) struct DisconnectTests {
    private static let plain = #","revoke_url":"https://as.example/revoke""#
    /// A platform on which member and client are one grant.
    private static let revoke = plain + #","quirks":"linkedin-ads""#

    private func desk(_ more: String = revoke, refresh: String? = "refresh-0") throws -> Desk {
        let desk = try Desk()
        try desk.addApp(more: more)
        try desk.addConnection(refresh: refresh, account: "urn:li:person:A")
        return desk
    }

    private func grant(
        _ desk: Desk, localOnly: Bool = false, _ status: Int = 200
    ) throws -> Disconnect.Grant {
        desk.reply = { _ in Reply(status: status, body: "{}") }
        let report = try Disconnect.run("acme", localOnly: localOnly, in: desk.context)
        #expect(try desk.locked().connections.allSatisfy { $0.name != "acme" })
        return report.grant
    }

    @Test func theRefreshTokenIsRevokedFirstThenTheAccessToken() throws {
        let desk = try desk()
        #expect(try grant(desk) == .asked(.revoked))
        #expect(desk.requests.map(\.url) == Array(repeating: "https://as.example/revoke", count: 2))
        let client = "&client_id=client-1&client_secret=client%20secret"
        #expect(desk.requests.map(\.body) == ["token=refresh-0" + client, "token=access-0" + client])
    }

    @Test func withoutARefreshTokenTheAccessTokenIsRevoked() throws {
        let desk = try desk(refresh: nil)
        #expect(try grant(desk) == .asked(.revoked))
        #expect(desk.requests.count == 1 && desk.requests[0].body.hasPrefix("token=access-0&"))
    }

    @Test(
        arguments: [
            (404, .notSupported), (405, .notSupported), (400, .refused), (401, .refused), (503, .unknown),
            (429, .unknown), (302, .unknown),
        ] as [(Int, Revocation.Verdict)])
    func whatTheProviderSaysIsSaidAndTheConnectionGoes(_ status: Int, _ verdict: Revocation.Verdict) throws {
        let desk = try desk()
        #expect(try grant(desk, status) == .asked(verdict))
        // A second token would only be refused as the first was.
        #expect(desk.requests.count == 1)
    }

    /// Before the provider is asked the row says that its tokens are not to be trusted: kill -9 leaves that behind.
    @Test func theRowIsMarkedBeforeTheProviderIsAsked() throws {
        let desk = try desk()
        var seen: [ConnectionRow] = []
        desk.reply = { _ in
            seen.append(contentsOf: (try? desk.locked().connections) ?? [])
            return Reply(body: "")
        }
        _ = try Disconnect.run("acme", localOnly: false, in: desk.context)
        #expect(seen.map(\.state) == [.interrupted, .interrupted])
        #expect(seen.map(\.lastError) == [.interrupted, .interrupted])
        // Where nothing is asked, nothing is noted.
        let silent = try self.desk("")
        let epoch = try silent.locked().header.epoch
        _ = try Disconnect.run("acme", localOnly: false, in: silent.context)
        #expect(try silent.locked().header.epoch == epoch + 1)
    }

    @Test(arguments: [(200, .revoked), (400, .refused), (503, .unknown)] as [(Int, Revocation.Verdict)])
    func aDeletionThatFailsCarriesWhatTheProviderSaid(_ status: Int, _ verdict: Revocation.Verdict) throws {
        let desk = try desk()
        desk.reply = { _ in
            try? remove(desk)
            return Reply(status: status, body: "")
        }
        #expect(
            failure { () throws(OperationError) in
                try Disconnect.run("acme", localOnly: false, in: desk.context)
            } == .notDeleted(.changedMeanwhile, verdict))
    }

    /// A signal neither parts the deletion from the revocation nor silences what is said of them.
    @Test(arguments: [true, false])
    func aSignalWaitsUntilTheConnectionIsDeleted(_ isDeleted: Bool) throws {
        let desk = try desk()
        signal(SIGTERM) { _ in termsTaken += 1 }
        // The pool's threads hold every signal back by themselves.
        var (term, before) = (sigset_t(), sigset_t())
        sigemptyset(&term)
        sigaddset(&term, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &term, &before)
        defer {
            pthread_sigmask(SIG_SETMASK, &before, nil)
            signal(SIGTERM, SIG_DFL)
        }
        termsTaken = 0
        desk.reply = { _ in
            pthread_kill(pthread_self(), SIGTERM)
            if !isDeleted { try? remove(desk) }
            return Reply(body: "")
        }
        let error = failure { () throws(OperationError) in
            try Disconnect.run("acme", localOnly: false, in: desk.context)
        }
        #expect(error == (isDeleted ? nil : .notDeleted(.changedMeanwhile, .revoked)))
        #expect(desk.requests.count == 2 && termsTaken == 0)
        #expect(try desk.locked().connections.isEmpty)
    }

    @Test func noAnswerIsUnknown() throws {
        let desk = try desk()
        desk.reply = { (_) throws(TransportError) in throw .notSent(.connect) }
        #expect(try Disconnect.run("acme", localOnly: false, in: desk.context).grant == .asked(.unknown))
        #expect(try desk.locked().connections.isEmpty)
    }

    @Test func aProfileWithoutAnAddressSupportsNoRevocation() throws {
        let desk = try desk("")
        let report = try Disconnect.run("acme", localOnly: false, in: desk.context)
        #expect(report.grant == .asked(.notSupported) && desk.requests.isEmpty)
        #expect(report.consentPage?.text == "https://as.example/grants")
        #expect(
            failure { () throws(OperationError) in
                try Disconnect.run("acme", localOnly: false, in: desk.context)
            } == .noConnection("acme"))
    }

    @Test func localOnlySendsNothing() throws {
        let desk = try desk()
        #expect(try grant(desk, localOnly: true) == .notAsked(.localOnly))
        #expect(desk.requests.isEmpty)
    }

    /// Ending it would end the other connection too, which nobody asked for.
    @Test func aGrantThatAnotherConnectionUsesIsNotEnded() throws {
        let desk = try desk()
        try desk.addConnection("sister", account: "urn:li:person:A")
        try desk.addConnection("stranger", account: "urn:li:person:B")
        #expect(try grant(desk) == .notAsked(.shared(with: ["sister"], perhaps: [])))
        #expect(desk.requests.isEmpty)
        desk.reply = { _ in Reply(body: "") }
        #expect(try Disconnect.run("sister", localOnly: false, in: desk.context).grant == .asked(.revoked))
    }

    /// Two apps of the vault with one client ID are one client there, and so are two provider files of one server.
    @Test(arguments: ["example", "example-native"])
    func anotherAppOfTheSameClientUsesTheGrantToo(_ provider: String) throws {
        let desk = try desk()
        let first = desk.files
        try desk.addApp("second", provider: provider, more: Self.revoke)
        desk.files = provider == "example" ? first : first + desk.files
        try desk.addConnection("sister", app: "second", account: "urn:li:person:A")
        #expect(try grant(desk) == .notAsked(.shared(with: ["sister"], perhaps: [])))
        #expect(desk.requests.isEmpty)
    }

    /// A plain OAuth server knows every consent by itself.
    @Test func elsewhereEachConsentIsItsOwnGrant() throws {
        let desk = try desk(Self.plain)
        try desk.addConnection("b")
        #expect(try grant(desk) == .asked(.revoked))
    }

    /// What nobody knows is not risked: the grant may be the other's too.
    @Test func aMemberWhoIsNotKnownMayBeTheSame() throws {
        let desk = try desk()
        try desk.addConnection("b")
        try desk.addConnection("a")
        try desk.addConnection("sister", account: "urn:li:person:A")
        #expect(try grant(desk) == .notAsked(.shared(with: ["sister"], perhaps: ["a", "b"])))
        #expect(
            try Disconnect.run("a", localOnly: false, in: desk.context).grant
                == .notAsked(.shared(with: [], perhaps: ["b", "sister"])))
        #expect(desk.requests.isEmpty)
        _ = try Disconnect.run("b", localOnly: true, in: desk.context)
        desk.reply = { _ in Reply(body: "") }
        #expect(try Disconnect.run("sister", localOnly: false, in: desk.context).grant == .asked(.revoked))
    }

    /// No secret goes where it was not meant to go, and the connection can still be deleted.
    @Test func aProviderThatIsGoneOrChangedIsNotAsked() throws {
        let gone = try desk()
        gone.files = []
        let report = try Disconnect.run("acme", localOnly: false, in: gone.context)
        #expect(report.grant == .notAsked(.unusable(.providers(.unknownProvider("example")))))
        #expect(report.consentPage == nil)

        let changed = try desk()
        changed.files = [
            Desk.file("example", refresh: "rotating", more: #","revoke_url":"https://other.example/revoke""#)
        ]
        #expect(
            try grant(changed)
                == .notAsked(.unusable(.profileChanged(app: "app", provider: "example"))))
        #expect(changed.requests.isEmpty)
    }

    @Test func withoutAKeyNothingChangesAndThePageIsKnown() throws {
        let desk = try desk()
        let missing = OperationError.input(InputFailure(Missing.key))
        var context = desk.context
        context.key = KeySource(
            isInteractive: false, check: { () throws(OperationError) in throw missing },
            read: { () throws(OperationError) in throw missing })
        let locked = context
        let epoch = try desk.locked().header.epoch
        #expect(
            failure { () throws(OperationError) in
                try Disconnect.run("acme", localOnly: false, in: locked)
            } == missing)
        #expect(try desk.locked().header.epoch == epoch && desk.requests.isEmpty)
        #expect(Disconnect.consentPage(of: "acme", in: locked)?.text == "https://as.example/grants")
        #expect(Disconnect.consentPage(of: "nobody", in: locked) == nil)
    }

    private enum Missing: Error { case key }
}

/// Counted by the handler of the one test that sends itself SIGTERM.
nonisolated(unsafe) private var termsTaken = 0

/// As another process would that holds no lock.
private func remove(_ desk: Desk) throws(OperationError) {
    try desk.unlocked { (vault) throws(OperationError) in
        guard let id = vault.connection(named: "acme")?.id else { return }
        do throws(VaultError) {
            try vault.commit(.removeConnection(id), Event(.disconnect, .ok), now: 1)
        } catch { throw .vault(error) }
    }
}
