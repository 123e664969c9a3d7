package import HTTPTransport
package import OAuthCore
package import Secrets

/// The real way to wait for the browser: what `Context.listen` is in the product. Signals are looked for once a
/// second, so that whoever called has the last word.
package enum Loopback {
    package static func listen(
        _ redirect: RedirectURI, _ authorizeURL: String, _ seconds: Int,
        _ begin: (_ startURL: String) -> Void,
        _ accept: (borrowing SecretBytes) -> LoopbackListener.Verdict
    ) throws(ListenerError) {
        var listener = try LoopbackListener(redirect: redirect, authorizeURL: authorizeURL)
        let hold = SignalHold()
        begin(listener.startURL)
        for _ in 0..<seconds {
            do { return try listener.wait(seconds: 1, accept: accept) } catch .timedOut {
                if let signal = hold.take() { throw .interrupted(signal: signal) }
            }
        }
        throw .timedOut(seconds: seconds)
    }
}
