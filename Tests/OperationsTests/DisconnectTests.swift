import HTTPTransport
import OAuthCore
import Operations
import Testing

/// `disconnect`: what is asked of the provider, what is made of its answer, and that the connection goes either way.
@Suite struct DisconnectTests {
    private static let revoke = #","revoke_url":"https://as.example/revoke""#

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
        #expect(try grant(desk) == .notAsked(.shared(with: ["sister"])))
        #expect(desk.requests.isEmpty)
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
