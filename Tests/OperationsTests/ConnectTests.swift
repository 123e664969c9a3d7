import CredentialVault
import Foundation
import HTTPTransport
import OAuthCore
import Operations
import Providers
import Secrets
import Testing

@Suite struct ConnectTests {
    /// A member at the provider's page: what comes back to the redirect URI, given the state.
    private func context(
        _ desk: Desk,
        comingBackWith query: @escaping (_ state: String) -> String = { "code=the+code&state=\($0)" }
    ) -> Context {
        var context = desk.context
        context.openBrowser = { _ in true }
        context.listen = { (_, url, _, begin, accept) throws(ListenerError) in
            begin("http://localhost:8765/start")
            // The key is not touched while the member is in the browser.
            #expect(desk.keysRead == 0)
            let state = url.split(separator: "&").first { $0.hasPrefix("state=") }!.dropFirst(6)
            #expect(accept(try! secret("code=stranger&state=another")) == .notOurs)
            #expect(accept(try! secret("error=user_cancelled_login")) == .notOurs)
            _ = accept(try! secret(query(String(state))))
        }
        return context
    }

    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.addApp()
        desk.keysRead = 0
        desk.reply = { sent in
            if sent.isToken {
                return .tokens(access: "access-0", refresh: "refresh-0", consent: 31_536_000)
            }
            return sent.isIntrospection ? .active : .nothing
        }
        return desk
    }

    /// LinkedIn itself, without and with refresh tokens.
    private func linkedIn(refresh: String? = "refresh-0", member: String = "urn:li:person:Ab") throws -> Desk
    {
        let desk = try Desk()
        let draft = try AppDraft(
            name: "app", provider: "linkedin-ads", clientID: "client-1", redirectURI: nil, scopes: [],
            in: desk.context)
        _ = try AppAdd.run(draft, secret: try secret("client secret"), in: desk.context)
        desk.keysRead = 0
        desk.reply = { sent in
            if sent.isToken {
                return .tokens(
                    access: "access-0", refresh: refresh, expires: 5_184_000,
                    consent: refresh == nil ? nil : 31_536_000)
            }
            if sent.isIntrospection {
                return Reply(
                    body: #"{"active":true,"status":"active","scope":"r_ads,r_ads_reporting"}"#)
            }
            return Reply(
                body: """
                    {"elements":[{"account":"urn:li:sponsoredAccount:123","role":"ACCOUNT_MANAGER",
                    "user":"\(member)"}]}
                    """)
        }
        return desk
    }

    @Test func aConsentIsStoredThenTested() throws {
        let desk = try linkedIn()
        let report = try Connect.run("acme", app: nil, .init(mode: .browser), in: context(desk))
        #expect(report.account == "urn:li:person:Ab")
        #expect(report.finding?.verdict == .works && report.testFailure == nil && report.flagged == [])
        #expect(report.connection.state == .ok && report.connection.renewal == .automatic)
        #expect(report.connection.accessExpiresAt == desk.now + 5_184_000)
        #expect(report.connection.refreshExpiresAt == desk.now + 31_536_000)
        #expect(report.connection.scopes == ["r_ads", "r_ads_reporting"])
        let tokens = Desk.Tokens(access: "access-0", refresh: "refresh-0", account: "urn:li:person:Ab")
        #expect(try desk.tokens() == tokens)
        #expect(desk.requests.first?.body.contains("code=the%20code") == true)
        let redirect = "http://localhost:8765/callback/linkedin-ads"
        #expect(
            desk.notices == [
                .opening(startURL: "http://localhost:8765/start"),
                .waiting(redirectURI: redirect, seconds: 300), .notOurs, .cameBack,
                .stored(connection: "acme"),
            ])
    }

    /// At LinkedIn two connections of one member through one app are one grant, and another scope set ends the access
    /// tokens of the first.
    @Test func theSameMemberOnceMoreIsSaid() throws {
        let desk = try linkedIn()
        try desk.addConnection("stranger", account: "urn:li:person:Cd")
        try desk.addConnection("sister", account: "urn:li:person:Ab") { $0.scopes = "r_ads r_ads_reporting" }
        try desk.addConnection("other", account: "urn:li:person:Ab") { $0.scopes = "rw_ads" }
        desk.keysRead = 0
        _ = try Connect.run("acme", app: nil, .init(mode: .browser), in: context(desk))
        #expect(desk.notices.contains(.otherScopes(connections: ["other", "stranger"])))
        #expect(
            desk.notices.last == .sameMember(connections: ["other", "sister"], ended: ["other"]))

        // A renewal is no new connection of the member's; what it ends is said all the same.
        (desk.notices, desk.keysRead) = ([], 0)
        _ = try Connect.renew("acme", .init(mode: .browser), in: context(desk))
        #expect(
            desk.notices.last == .sameMember(connections: ["other", "sister"], ended: ["other"]))
        try desk.edit("other") { $0.scopes = "r_ads r_ads_reporting" }
        (desk.notices, desk.keysRead) = ([], 0)
        _ = try Connect.renew("acme", .init(mode: .browser), in: context(desk))
        #expect(desk.notices.last == .stored(connection: "acme"))
    }

    @Test func severalNamesAreCheckedBeforeTheFirstBrowser() throws {
        let desk = try linkedIn()
        try desk.addConnection("there")
        for (names, fault) in [
            (["a", "there"], OperationError.connectionTaken("there")),
            (["a", "-b"], .name(.connection, .leadingHyphen)),
        ] {
            #expect(
                failure { () throws(OperationError) in try Connect.check(names, app: nil, in: desk.context) }
                    == fault)
        }
        #expect(
            failure { () throws(OperationError) in try Connect.check(["a"], app: "apq", in: desk.context) }
                == .noApp("apq"))
        #expect(
            failure { () throws(OperationError) in try Connect.check(["a", "b"], app: nil, in: desk.context) }
                == nil)
    }

    /// Typed once for several consents; one that was wrong is asked for again.
    @Test func aKeyForSeveralIsReadOnceUnlessItIsWrong() throws {
        let desk = try linkedIn()
        var context = context(desk)
        let source = KeySource(
            isInteractive: true, check: { () throws(OperationError) in },
            read: { () throws(OperationError) in
                desk.keysRead += 1
                guard desk.keysRead == 1 else { return try desk.machineKey() }
                do throws(SecretsError) { return .machine(try Identity.generate()) } catch {
                    throw .secrets(error)
                }
            })
        context.key = source.keptForSeveral()
        context.listen = { (_, url, _, begin, accept) throws(ListenerError) in
            begin("http://localhost:8765/start")
            let state = url.split(separator: "&").first { $0.hasPrefix("state=") }!.dropFirst(6)
            _ = accept(try! secret("code=c&state=\(state)"))
        }
        for name in ["a", "b", "c"] {
            _ = try Connect.run(name, app: nil, .init(mode: .browser), in: context)
        }
        #expect(desk.keysRead == 2)
        #expect(desk.notices.filter { $0 == .wrongKey }.count == 1)
    }

    @Test func anAppWithoutRefreshTokensIsRenewedByHand() throws {
        let desk = try linkedIn(refresh: nil)
        let report = try Connect.run("acme", app: "app", .init(mode: .noBrowser), in: context(desk))
        #expect(report.connection.renewal == .manual)
        #expect(report.connection.refreshExpiresAt == nil)
        #expect(report.connection.reconnectBy == desk.now + 5_184_000)
        #expect(desk.notices.contains(.visit(startURL: "http://localhost:8765/start")))
    }

    @Test func aRefreshTokenOfUnknownLifetimeStillRenewsByItself() throws {
        let desk = try desk()
        desk.reply = { $0.isToken ? .tokens(access: "access-0", refresh: "refresh-0") : .active }
        let report = try Connect.run("acme", app: nil, .init(mode: .browser), in: context(desk))
        #expect(report.connection.renewal == .automatic)
        #expect(report.connection.reconnectBy == nil)
        #expect(try ListConnections.run(in: desk.context).connections[0].renewal == .automatic)
    }

    @Test func aLifetimeInMinutesIsFlaggedAndNotBelieved() throws {
        let desk = try linkedIn()
        desk.reply = { sent in
            sent.isToken ? .tokens(access: "a", refresh: "r", expires: 5_184_000, consent: 8_760) : .nothing
        }
        let report = try Connect.run("acme", app: nil, .init(mode: .browser), in: context(desk))
        #expect(report.flagged == [.refreshLifetime])
        #expect(report.connection.refreshExpiresAt == nil && report.connection.renewal == .automatic)
    }

    @Test func aFailedTestKeepsTheConnection() throws {
        let desk = try desk()
        desk.reply = { sent in
            sent.isToken ? .tokens(access: "access-0") : Reply(status: 500, body: "")
        }
        let report = try Connect.run("acme", app: nil, .init(mode: .browser), in: context(desk))
        #expect(report.finding?.verdict != .works)
        #expect(try desk.tokens().access == "access-0")
    }

    @Test func whoCancelsIsNotAskedForAKey() throws {
        let desk = try desk()
        let context = context(desk) { "error=user_cancelled_login&state=\($0)" }
        let error = failure { () throws(OperationError) in
            try Connect.run("acme", app: nil, .init(mode: .browser), in: context)
        }
        guard case .oauth(let refusal) = error else { throw Unexpected(error) }
        #expect(refusal.kind == .cancelled)
        #expect(desk.keysRead == 0 && desk.requests.isEmpty)
        #expect(try desk.locked().connections.isEmpty)
    }

    @Test func aCallbackThatNeverComesNamesWhatToRegister() throws {
        let desk = try desk()
        var context = desk.context
        context.openBrowser = { _ in true }
        context.listen = { (_, _, seconds, _, _) throws(ListenerError) in throw .timedOut(seconds: seconds) }
        let waiting = context
        #expect(
            failure { () throws(OperationError) in
                try Connect.run("acme", app: nil, .init(mode: .browser), in: waiting)
            }
                == .listener(
                    .timedOut(seconds: 300), redirectURI: "http://localhost:8765/callback/example"))
    }

    @Test(arguments: [(true, 3), (false, 1)])
    func aWrongKeyIsAskedForAgainWhereSomebodyCanAnswer(_ isInteractive: Bool, _ asked: Int) throws {
        let desk = try desk()
        var context = context(desk)
        context.key = KeySource(
            isInteractive: isInteractive, check: { () throws(OperationError) in },
            read: { () throws(OperationError) in
                desk.keysRead += 1
                return try strangersKey()
            })
        let wrong = context
        #expect(
            failure { () throws(OperationError) in
                try Connect.run("acme", app: nil, .init(mode: .browser), in: wrong)
            } == .vault(.wrongKey(.machine)))
        #expect(desk.keysRead == asked)
        #expect(desk.notices.count { $0 == .wrongKey } == asked - 1)
        #expect(desk.requests.isEmpty)
    }

    @Test func theCodeLivesThroughAWrongKey() throws {
        let desk = try desk()
        var context = context(desk)
        context.key = KeySource(
            isInteractive: true, check: { () throws(OperationError) in },
            read: { () throws(OperationError) in
                desk.keysRead += 1
                // Nobody waits for the person who types.
                do throws(VaultError) {
                    _ = try VaultLocks.exclusive(beside: desk.path, wait: 0)
                } catch { throw .vault(error) }
                if desk.keysRead == 3 { return try desk.machineKey() }
                return try strangersKey()
            })
        _ = try Connect.run("acme", app: nil, .init(mode: .browser), in: context)
        #expect(desk.requests.count { $0.isToken } == 1)
        #expect(try desk.tokens().access == "access-0")
    }

    @Test(arguments: ["urn:li:person:Ab", "Ab"])
    func theExpectedAccountIsTaken(_ expected: String) throws {
        let desk = try linkedIn()
        var options = Connect.Options(mode: .browser)
        options.expectedAccount = expected
        let report = try Connect.run("acme", app: nil, options, in: context(desk))
        #expect(report.account == "urn:li:person:Ab")
        // One ladder for both: the account and the test.
        #expect(desk.requests.count == 5)
    }

    @Test func anotherAccountIsRefusedAndNothingStored() throws {
        let desk = try linkedIn()
        var options = Connect.Options(mode: .browser)
        options.expectedAccount = "urn:li:person:Zz"
        let context = context(desk)
        #expect(
            failure { () throws(OperationError) in try Connect.run("acme", app: nil, options, in: context) }
                == .otherAccount(expected: "urn:li:person:Zz", found: "urn:li:person:Ab"))
        #expect(try desk.locked().connections.isEmpty)
    }

    @Test func anAccountThatCannotBeKnownIsRefused() throws {
        let desk = try desk()
        var options = Connect.Options(mode: .browser)
        options.expectedAccount = "somebody"
        let context = context(desk)
        #expect(
            failure { () throws(OperationError) in try Connect.run("acme", app: nil, options, in: context) }
                == .accountUnknown(expected: "somebody"))
        #expect(try desk.locked().connections.isEmpty)
    }

    @Test func reconnectReplacesTheTokensAndKeepsTheRest() throws {
        let desk = try desk()
        try desk.addConnection(access: "old", refresh: "older") {
            ($0.tags, $0.state, $0.lastError, $0.refreshedAt) = ("client:acme", .interrupted, .interrupted, 1)
        }
        desk.keysRead = 0
        let before = try desk.row()
        let report = try Connect.renew("acme", .init(mode: .browser), in: context(desk))
        let after = try desk.row()
        #expect(after.id == before.id && after.tags == "client:acme" && after.appID == before.appID)
        #expect(after.state == .ok && after.lastError == nil && after.refreshedAt == nil)
        #expect(report.connection.state == .ok)
        #expect(try desk.tokens() == .init(access: "access-0", refresh: "refresh-0"))
    }

    @Test func reconnectRefusesAnotherAccountThanTheKnownOne() throws {
        let desk = try linkedIn()
        _ = try Connect.run("acme", app: nil, .init(mode: .browser), in: context(desk))
        let other = try linkedIn(refresh: "refresh-1", member: "urn:li:person:Zz")
        desk.reply = other.reply
        desk.keysRead = 0
        let context = context(desk)
        #expect(
            failure { () throws(OperationError) in
                try Connect.renew("acme", .init(mode: .browser), in: context)
            }
                == .otherAccount(expected: "urn:li:person:Ab", found: "urn:li:person:Zz"))
        #expect(try desk.tokens().refresh == "refresh-0")
    }

    @Test func whatIsKnownBeforeTheBrowserIsSaidBeforeIt() throws {
        let desk = try desk()
        try desk.addConnection()
        var context = desk.context
        context.listen = { (_, _, _, _, _) throws(ListenerError) in Issue.record("the browser was opened") }
        let waiting = context
        func error(_ name: String, app: String? = nil, _ options: Connect.Options) -> OperationError? {
            failure { () throws(OperationError) in try Connect.run(name, app: app, options, in: waiting) }
        }
        #expect(error("acme", .init(mode: .browser)) == .connectionTaken("acme"))
        #expect(error("\u{202E}x", .init(mode: .browser)) == .name(.connection, .unprintable(scalar: 0x202E)))
        #expect(error("new", app: "none", .init(mode: .browser)) == .noApp("none"))
        var options = Connect.Options(mode: .browser)
        options.scopes = ["a\"b"]
        #expect(error("new", options) == .scope)
    }

    @Test func anotherScopeSetIsWarnedOf() throws {
        let desk = try desk()
        try desk.addConnection("first") { $0.scopes = "write" }
        desk.keysRead = 0
        _ = try Connect.run("acme", app: nil, .init(mode: .browser), in: context(desk))
        #expect(desk.notices.first == .otherScopes(connections: ["first"]))
    }

    @Test func thePastedAddressIsAsGoodAsTheCallback() throws {
        let desk = try desk()
        let paste = Connect.Mode.paste { (url, _) throws(OperationError) in
            let state = url.split(separator: "&").first { $0.hasPrefix("state=") }!.dropFirst(6)
            return try pasted(" http://localhost:8765/callback/example?code=c&state=\(state) \n")
        }
        _ = try Connect.run("acme", app: nil, .init(mode: paste), in: desk.context)
        #expect(try desk.tokens().access == "access-0")
    }

    /// A mistake costs no consent; the provider's own no is none to paste again.
    @Test func aWrongAddressIsAskedForAgain() throws {
        let desk = try desk()
        let redirect = "http://localhost:8765/callback/example"
        var wrong = ["", "https://example.com/?code=1"]
        var firsts: [Bool] = []
        func mode(_ last: String) -> Connect.Mode {
            .paste { (url, isFirst) throws(OperationError) in
                firsts.append(isFirst)
                if !wrong.isEmpty { return try pasted(wrong.removeFirst()) }
                let state = url.split(separator: "&").first { $0.hasPrefix("state=") }!.dropFirst(6)
                return try pasted(last.replacing("STATE", with: state))
            }
        }
        _ = try Connect.run(
            "acme", app: nil, .init(mode: mode(redirect + "?code=c&state=STATE")), in: desk.context)
        #expect(firsts == [true, false, false])
        #expect(
            desk.notices.prefix(2) == [
                .pasteAgain(.fault(.nothing)), .pasteAgain(.fault(.notTheRedirectURI)),
            ])

        (desk.notices, firsts) = ([], [])
        let strangers = redirect + "?code=c&state=another"
        wrong = [redirect]
        #expect(
            failure { () throws(OperationError) in
                try Connect.run("b", app: nil, .init(mode: mode(strangers)), in: desk.context)
            } == .oauth(.stateMismatch))
        #expect(desk.notices == [.pasteAgain(.fault(.noQuery)), .pasteAgain(.otherState)])

        (desk.notices, firsts) = ([], [])
        let refused = failure { () throws(OperationError) in
            let mode = mode(redirect + "?error=user_cancelled_login&state=STATE")
            return try Connect.run("b", app: nil, .init(mode: mode), in: desk.context)
        }
        guard case .oauth(.refused(let refusal)) = refused else { throw Unexpected(refused) }
        #expect(refusal.kind == .cancelled && firsts == [true] && desk.notices.isEmpty)
    }

    /// Another app row of the same client is the same client to the provider.
    @Test func otherScopesOfTheSameClientAreWarnedOf() throws {
        let desk = try desk()
        try desk.addApp("second")
        try desk.addConnection("first", app: "second") { $0.scopes = "write" }
        desk.keysRead = 0
        _ = try Connect.run("acme", app: "app", .init(mode: .browser), in: context(desk))
        #expect(desk.notices.first == .otherScopes(connections: ["first"]))
    }

    @Test func aRedirectUriElsewhereNeedsPasting() throws {
        let desk = try Desk()
        desk.files = [Desk.file("example", refresh: "stable")]
        let draft = try AppDraft(
            name: "app", provider: "example", clientID: "c", redirectURI: "https://example.com/cb",
            scopes: [],
            in: desk.context)
        _ = try AppAdd.run(draft, secret: try secret("s"), in: desk.context)
        let context = desk.context
        #expect(
            failure { () throws(OperationError) in
                try Connect.run("acme", app: nil, .init(mode: .browser), in: context)
            } == .needsPaste(redirectURI: "https://example.com/cb"))
    }
}

private func strangersKey() throws(OperationError) -> UnlockKey {
    do throws(SecretsError) { return .machine(try Identity.generate()) } catch {
        throw .secrets(error)
    }
}

private func pasted(_ text: String) throws(OperationError) -> SecretBytes {
    do { return try SecretBytes(copying: Array(text.utf8).span.bytes) } catch { throw .secrets(error) }
}
