import CredentialVault
import HTTPTransport
import OAuthCore
import Operations
import Testing

@testable import AdvaultCLI

/// Words that no script on the real binary meets.
@Suite struct SentenceTests {
    @Test func aListIsCutAfterFive() {
        let names = (1...8).map { "n\($0)" }
        #expect(Count.names(Array(names.prefix(5))) == "n1, n2, n3, n4, n5")
        #expect(Count.names(names) == "n1, n2, n3, n4, n5 and 3 more")
        let inUse = Explanation(OperationError.appInUse(app: "a", connections: names))
        #expect(inUse.what == "the app \"a\" is used by n1, n2, n3, n4, n5 and 3 more")
    }

    /// The grant may be gone: that nothing was changed would be untrue.
    @Test func aDeletionThatFailedSaysWhatBecameOfTheGrant() {
        let error = Explanation(.notDeleted(.changedMeanwhile, .revoked), connection: "acme")
        #expect(error.code == "not-deleted")
        #expect(
            error.what.hasPrefix("the provider has revoked the grant, and the connection still stands here: ")
        )
        #expect(!error.what.contains("nothing was changed"))
        #expect(error.next == "delete it here: advault disconnect acme --local-only")
    }

    /// Of several consents in a row: what stops the rest, and what does not.
    @Test(arguments: OAuthError.Kind.allCases)
    func anAppThatIsRefusedStopsTheRest(_ kind: OAuthError.Kind) {
        let refusal = OAuthError.refused(
            .init(kind: kind, code: .invalidGrant, status: 400, word: nil, description: nil))
        #expect(OperationError.exchange(refusal).isOneConsents == (kind != .app))
        #expect(OperationError.oauth(refusal).isOneConsents == (kind != .app))
    }

    @Test func tokensThatCannotBeStoredStopTheRest() {
        #expect(!OperationError.notStored(.changedMeanwhile, .nowhere).isOneConsents)
        #expect(!OperationError.listener(.interrupted(signal: 2), redirectURI: "").isOneConsents)
        #expect(OperationError.listener(.timedOut(seconds: 1), redirectURI: "").isOneConsents)
    }
}
