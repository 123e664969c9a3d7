package import OAuthCore
package import Secrets

/// Waits on this machine for the browser to come back from the provider.
package struct LoopbackListener: ~Copyable {
    /// What the owner of `state` says of a callback that passed every control here.
    package enum Verdict: Equatable, Sendable {
        /// It is the one that was waited for: answer with this page, stop waiting.
        case accepted(ClosingPage)
        /// Somebody else's: answer 400, keep waiting.
        case notOurs
    }

    /// What the browser shows at the end. Fixed words: nothing from outside is put into a page.
    package enum ClosingPage: Equatable, Sendable {
        /// The provider's answer arrived; the terminal says how it goes on.
        case received
        /// The person cancelled at the provider.
        case cancelled
        /// The provider reported an error; the terminal says which.
        case failed
    }

    /// Our own page, which hands out the cookie and leads to the provider: what the browser is opened on.
    package let startURL: String

    package init(redirect: RedirectURI, authorizeURL: String) throws(ListenerError) {
        throw .notLoopback
    }

    /// Waits until `accept` says yes, at most `seconds`.
    package mutating func wait(
        seconds: Int, accept: (borrowing SecretBytes) -> Verdict
    ) throws(ListenerError) {
        throw .timedOut(seconds: seconds)
    }
}
