import CredentialVault
import Foundation
import HTTPTransport
import OAuthCore
import Operations
import Testing

/// SAFETY.md, Never lose a token, as seen at the provider and in the vault.
@Suite struct RefreshTests {
    private func refresh(_ desk: Desk, _ when: Refresh.When = .always) throws -> RefreshOutcome {
        try Refresh.run(.named(["acme"]), when, in: desk.context).results[0].outcome
    }

    private func desk(_ refresh: String = "rotating", more: String = "") throws -> Desk {
        let desk = try Desk()
        try desk.addApp(refresh: refresh, more: more)
        try desk.addConnection()
        return desk
    }

    @Test func newTokensAreStoredAndTheMarkIsGone() throws {
        let desk = try desk()
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1", expires: 2_000) }
        #expect(try refresh(desk) == .refreshed(flagged: []))
        #expect(try desk.tokens() == .init(access: "access-1", refresh: "refresh-1"))
        let row = try desk.row()
        #expect(row.pending == nil && row.state == .ok && row.refreshedAt == desk.now)
        #expect(row.accessExpiresAt == desk.now + 2_000)
        #expect(desk.requests.map(\.body).first?.contains("refresh_token=refresh-0") == true)
    }

    @Test func theMarkIsCommittedBeforeAnythingIsSent() throws {
        let desk = try desk()
        var seen: ConnectionRow?
        desk.reply = { _ in
            seen = try? desk.row()
            return .tokens(access: "access-1")
        }
        _ = try refresh(desk)
        #expect(seen?.pending == desk.now)
    }

    @Test func theOldRefreshTokenIsKeptWhenNoneComes() throws {
        let desk = try desk("stable")
        desk.reply = { _ in .tokens(access: "access-1") }
        _ = try refresh(desk)
        #expect(try desk.tokens() == .init(access: "access-1", refresh: "refresh-0"))
    }

    @Test func aRefusedGrantIsMarkedAndNothingIsDeleted() throws {
        let desk = try desk()
        desk.reply = { _ in .error(400, "invalid_grant") }
        let outcome = try refresh(desk)
        guard case .failed(.oauth(let error)) = outcome else { throw Unexpected(outcome) }
        #expect(error.kind == .reconnect && error.status == 400)
        #expect(error.providerDescription == "as invalid_grant")
        let row = try desk.row()
        #expect(row.state == .reconnect && row.lastError == .invalidGrant && row.pending == nil)
        #expect(try desk.tokens() == .init(access: "access-0", refresh: "refresh-0"))
    }

    @Test(arguments: ["refresh-0", "client secret"])
    func wordsThatRepeatASecretAreWithheld(_ secret: String) throws {
        let desk = try desk()
        desk.reply = { _ in
            Reply(status: 400, body: #"{"error":"invalid_grant","error_description":"of \#(secret), no"}"#)
        }
        let outcome = try refresh(desk)
        guard case .failed(.oauth(let error)) = outcome else { throw Unexpected(outcome) }
        #expect(error.kind == .reconnect && error.status == 400)
        #expect(error.providerDescription == nil)
    }

    @Test func theProvidersWordsComeAgainWithTheNextAttempt() throws {
        let desk = try desk()
        desk.reply = { _ in .error(400, "invalid_grant") }
        _ = try refresh(desk, .due)
        desk.now += 900
        _ = try refresh(desk, .due)
        desk.now += 10
        let outcome = try refresh(desk, .due)
        guard case .failed(.oauth) = outcome else { throw Unexpected(outcome) }
        #expect(desk.requests.count == 2)
    }

    @Test func anErrorOfTheAppLeavesTheGrantAlive() throws {
        let desk = try desk()
        desk.reply = { _ in .error(401, "invalid_client") }
        _ = try refresh(desk)
        #expect(try desk.row().state == .appError)
        #expect(try desk.row().lastError == .invalidClient)
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1") }
        #expect(try refresh(desk) == .refreshed(flagged: []))
        #expect(try desk.row().state == .ok)
        #expect(try desk.row().lastError == nil)
    }

    @Test func whatWasNeverSentMayBeSentAgain() throws {
        let desk = try desk()
        desk.reply = { (_) throws(TransportError) in throw .notSent(.connect) }
        #expect(try refresh(desk) == .failed(.network(.notSent(.connect))))
        let row = try desk.row()
        #expect(row.pending == nil && row.state == .ok && row.lastError == .network)
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1") }
        #expect(try refresh(desk) == .refreshed(flagged: []))
    }

    @Test(arguments: [Refresh.When.always, .forced, .due])
    func anAnswerThatNeverCameStopsARotatingConnection(_ when: Refresh.When) throws {
        let desk = try desk()
        desk.reply = { (_) throws(TransportError) in throw .outcomeUnknown(.cutOff) }
        #expect(try refresh(desk) == .failed(.interrupted))
        #expect(try desk.row().state == .interrupted)
        #expect(try desk.row().pending == nil)
        #expect(try desk.tokens().refresh == "refresh-0")
        // And the same token is not sent again, whatever is asked for.
        #expect(try refresh(desk, when) == .failed(.interrupted))
        #expect(desk.requests.count == 1)
    }

    @Test func aStableTokenIsSentAgain() throws {
        let desk = try desk("stable")
        desk.reply = { (_) throws(TransportError) in throw .outcomeUnknown(.timeout) }
        #expect(try refresh(desk) == .failed(.network(.outcomeUnknown(.timeout))))
        #expect(try desk.row().pending == nil)
        desk.reply = { _ in .tokens(access: "access-1") }
        #expect(try refresh(desk) == .refreshed(flagged: []))
    }

    @Test func aGraceRunsFromTheFirstTimeTheTokenWasSent() throws {
        let desk = try desk(more: #","refresh_grace_s":60"#)
        desk.reply = { (_) throws(TransportError) in throw .outcomeUnknown(.timeout) }
        #expect(try refresh(desk) == .failed(.network(.outcomeUnknown(.timeout))))
        desk.now += 59
        #expect(try refresh(desk) == .failed(.network(.outcomeUnknown(.timeout))))
        desk.now += 1
        #expect(try refresh(desk) == .failed(.interrupted))
        #expect(desk.requests.count == 2)
    }

    /// 20 seconds, then a clock put back by 10: more of the grace is over than it says.
    @Test func aClockThatWasPutBackMeasuresNoGrace() throws {
        let desk = try desk(more: #","refresh_grace_s":60"#)
        desk.reply = { (_) throws(TransportError) in
            desk.now += 20
            throw .outcomeUnknown(.timeout)
        }
        #expect(try refresh(desk) == .failed(.network(.outcomeUnknown(.timeout))))
        desk.now -= 10
        #expect(try refresh(desk) == .failed(.interrupted))
        #expect(desk.requests.count == 1)
    }

    /// What is known of a second request says nothing of the first, whose answer was lost: the token may be spent.
    @Test(arguments: [0, 429, 401, 400])
    func aSecondRequestInTheGraceDoesNotEndTheDoubtAboutTheFirst(_ status: Int) throws {
        let desk = try desk(more: #","refresh_grace_s":60"#)
        desk.reply = { (_) throws(TransportError) in throw .outcomeUnknown(.cutOff) }
        _ = try refresh(desk)
        let marked = desk.now
        desk.now += 30
        desk.reply = { (_) throws(TransportError) in
            switch status {
            case 0: throw .notSent(.connect)
            case 401: return .error(401, "invalid_client")
            case 400: return .error(400, "invalid_request")
            default: return .error(status, "slow_down")
            }
        }
        _ = try refresh(desk)
        #expect(try desk.row().pending == marked)
        #expect(try desk.row().state == (status == 401 ? .appError : .ok))
        let sent = desk.requests.count
        desk.now += 30
        #expect(try refresh(desk) == .failed(.interrupted))
        #expect(desk.requests.count == sent)
        #expect(try desk.row().state == .interrupted)
        #expect(try desk.tokens().refresh == "refresh-0")
    }

    @Test func nobodyKnowsWhichOfTwoRequestsARefusedGrantAnswers() throws {
        let desk = try desk(more: #","refresh_grace_s":60"#)
        desk.reply = { (_) throws(TransportError) in throw .outcomeUnknown(.cutOff) }
        _ = try refresh(desk)
        desk.reply = { _ in .error(400, "invalid_grant") }
        _ = try refresh(desk)
        #expect(try desk.row().state == .reconnect && desk.row().pending == nil)
        #expect(try desk.tokens().refresh == "refresh-0")
    }

    @Test func aStableTokensMarkGoesWithWhatIsKnown() throws {
        let desk = try desk("stable")
        try desk.edit { $0.pending = desk.now - 5 }
        desk.reply = { (_) throws(TransportError) in throw .notSent(.connect) }
        _ = try refresh(desk)
        #expect(try desk.row().pending == nil && desk.row().state == .ok)
    }

    @Test(
        arguments: [
            (200, "<html>", true), (204, "", true), (302, "", true), (502, "<html>", true), (504, "{}", true),
            (500, "<html>", true), (503, "", true), (500, "{}", true), (429, "{}", false), (400, "no", false),
            (500, #"{"error":"server_error"}"#, false), (503, #"{"error":"later"}"#, false),
            (408, "", true), (408, #"{"message":"upstream timed out"}"#, true), (460, "", true),
            (499, "<html>", true), (520, "<html>", true), (524, "{}", true),
            (408, #"{"error":"slow"}"#, false), (401, "", false),
            (429, "slow", false), (200, #"{"error":"invalid_request"}"#, false),
            (200, #"{"access_token":"a","refresh_token":"r","error":"oops"}"#, true),
            (200, #"{"access_token":"a","error":{"code":1}}"#, true),
        ])
    func anAnswerThatCannotBeReadIsUnknownOnlyWhereItMayHoldTheNewToken(
        _ status: Int, _ body: String, _ isUnknown: Bool
    ) throws {
        let desk = try desk()
        desk.reply = { _ in Reply(status: status, body: body) }
        _ = try refresh(desk)
        #expect(try desk.row().state == (isUnknown ? .interrupted : .ok))
        #expect(try desk.row().pending == nil)
        #expect(try desk.tokens() == .init(access: "access-0", refresh: "refresh-0"))
    }

    @Test(arguments: ["null", "false", "0", #""""#])
    func tokensBesideAnErrorThatIsNoneAreStored(_ error: String) throws {
        let desk = try desk()
        desk.reply = { _ in
            Reply(body: #"{"error":\#(error),"access_token":"access-1","refresh_token":"refresh-1"}"#)
        }
        #expect(try refresh(desk) == .refreshed(flagged: []))
        #expect(try desk.tokens() == .init(access: "access-1", refresh: "refresh-1"))
    }

    @Test func aDeadProcessesMarkStopsARotatingConnection() throws {
        let desk = try desk()
        try desk.edit { $0.pending = desk.now - 5 }
        #expect(try refresh(desk) == .failed(.interrupted))
        #expect(try desk.row().state == .interrupted)
        #expect(desk.requests.isEmpty)
    }

    @Test func aDeadProcessesMarkIsNothingToAStableConnection() throws {
        let desk = try desk("stable")
        try desk.edit { $0.pending = desk.now - 5 }
        desk.reply = { _ in .tokens(access: "access-1") }
        #expect(try refresh(desk) == .refreshed(flagged: []))
    }

    @Test func whatCannotBeStoredIsSaidToBeLost() throws {
        let desk = try desk()
        desk.reply = { _ in
            try? desk.unlocked { (vault) throws(OperationError) in
                let id = vault.connection(named: "acme")!.id
                do throws(VaultError) {
                    try vault.commit(.removeConnection(id), Event(.disconnect, .ok), now: 1)
                } catch {
                    throw OperationError.vault(error)
                }
            }
            return .tokens(access: "access-1", refresh: "refresh-1")
        }
        #expect(try refresh(desk) == .failed(.notStored(.changedMeanwhile, .nowhere)))
    }

    @Test func aChangeUnderOurFeetDoesNotLoseTheAnswer() throws {
        let desk = try desk()
        desk.reply = { _ in
            try? desk.edit { $0.tags = "moved" }
            return .tokens(access: "access-1", refresh: "refresh-1")
        }
        #expect(try refresh(desk) == .refreshed(flagged: []))
        #expect(try desk.tokens().refresh == "refresh-1")
        #expect(try desk.row().tags == "moved")
        #expect(try desk.row().pending == nil)
    }

    @Test func aProfileThatMovedIsNotSentTo() throws {
        let desk = try desk()
        let moved = String(decoding: Desk.file("example", refresh: "rotating").bytes, as: UTF8.self)
            .replacingOccurrences(of: "as.example/token", with: "evil.example/token")
        desk.files = [.init(name: "example", bytes: Array(moved.utf8))]
        #expect(try refresh(desk) == .failed(.profileChanged(app: "app", provider: "example")))
        #expect(desk.requests.isEmpty)
        #expect(try AppList.show("app", in: desk.context).isTrusted == false)

        let shown = try AppTrust.profile(of: "app", in: desk.context)
        #expect(try AppTrust.run("app", shown, in: desk.context).isTrusted == true)
        desk.reply = { _ in .tokens(access: "access-1") }
        #expect(try refresh(desk) == .refreshed(flagged: []))
        #expect(desk.requests.first?.url == "https://evil.example/token")
    }

    /// A refresh is no consent: 100 days on, a stable token's answer counts down from the consent, and no answer may
    /// move that end away. A rotating provider's new token has a clock of its own.
    @Test(
        arguments: [
            ("stable", nil, 400 * day - 1, 365 * day), ("stable", nil, 265 * day, 365 * day),
            ("stable", nil, 200 * day, 300 * day), ("stable", "new", 400 * day - 1, 365 * day),
            ("stable", nil, 60, 365 * day), ("stable", nil, nil, 365 * day),
            ("rotating", "new", 300 * day, 400 * day), ("rotating", nil, 300 * day, 365 * day),
            ("rotating", "new", nil, 365 * day), ("rotating", "new", 401 * day, 365 * day),
        ] as [(String, String?, Int64?, Int64)])
    func theConsentClockIsNotSetByARefresh(
        _ model: String, _ refreshToken: String?, _ told: Int64?, _ end: Int64
    ) throws {
        let desk = try desk(model)
        let consented = desk.now
        desk.now += 100 * day
        desk.reply = { _ in .tokens(access: "access-1", refresh: refreshToken, consent: told) }
        _ = try refresh(desk)
        let row = try desk.row()
        #expect(row.refreshExpiresAt == consented + end)
        #expect(row.consentedAt == consented && row.accessExpiresAt == desk.now + 1_000)
    }

    @Test func scopesOfTheAnswerAreTakenOnlyWhereTheyFitTheirColumn() throws {
        let desk = try desk()
        desk.reply = { _ in Reply(body: #"{"access_token":"a","expires_in":9,"scope":"read write"}"#) }
        _ = try refresh(desk)
        #expect(try desk.row().scopes == "read write")
        let long = String(repeating: "x", count: 5_000)
        desk.reply = { _ in Reply(body: #"{"access_token":"b","expires_in":9,"scope":"\#(long)"}"#) }
        desk.now += 100
        _ = try refresh(desk)
        #expect(try desk.tokens().access == "b")
        #expect(try desk.row().scopes == "read write")
    }

    @Test func aSignalWaitsUntilTheAnswerIsStored() throws {
        let desk = try desk()
        signal(SIGTERM) { _ in signalsTaken += 1 }
        // The pool's threads hold every signal back by themselves.
        var (term, before) = (sigset_t(), sigset_t())
        sigemptyset(&term)
        sigaddset(&term, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &term, &before)
        defer {
            pthread_sigmask(SIG_SETMASK, &before, nil)
            signal(SIGTERM, SIG_DFL)
        }
        var duringTheRequest: Int?
        desk.reply = { _ in
            pthread_kill(pthread_self(), SIGTERM)
            duringTheRequest = signalsTaken
            return .tokens(access: "access-1", refresh: "refresh-1")
        }
        let report = try Refresh.run(.named(["acme"]), .always, in: desk.context)
        #expect(report.results.map(\.outcome) == [.refreshed(flagged: [])])
        #expect(duringTheRequest == 0)
        // Told, not left pending: whoever called ends the process in good order.
        #expect(report.stop == .signal(SIGTERM) && signalsTaken == 0)
        #expect(try desk.tokens().refresh == "refresh-1")
    }

    /// Its effect would end the process before a word is said of where the tokens are.
    @Test func aSignalDoesNotHideThatNewTokensAreNotStored() throws {
        let desk = try desk()
        signal(SIGHUP) { _ in hangups += 1 }
        var (hangup, before) = (sigset_t(), sigset_t())
        sigemptyset(&hangup)
        sigaddset(&hangup, SIGHUP)
        pthread_sigmask(SIG_UNBLOCK, &hangup, &before)
        defer {
            pthread_sigmask(SIG_SETMASK, &before, nil)
            signal(SIGHUP, SIG_DFL)
        }
        desk.reply = { _ in
            pthread_kill(pthread_self(), SIGHUP)
            try? desk.unlocked { (vault) throws(OperationError) in
                let id = vault.connection(named: "acme")!.id
                do throws(VaultError) {
                    try vault.commit(.removeConnection(id), Event(.disconnect, .ok), now: 1)
                } catch { throw OperationError.vault(error) }
            }
            return .tokens(access: "access-1", refresh: "refresh-1")
        }
        desk.now += 1_000
        #expect(
            failure { () throws(OperationError) in try Token.lend(of: "acme", in: desk.context) { clear($0) }
            }
                == .notStored(.changedMeanwhile, .nowhere))
        #expect(hangups == 0)
    }
}

private let day: Int64 = 86_400

/// Written by the handler of one test alone.
nonisolated(unsafe) private var signalsTaken = 0
nonisolated(unsafe) private var hangups = 0

struct Unexpected: Error {
    let value: String
    init<T>(_ value: T) { self.value = String(describing: value) }
}
