package import HTTPTransport
package import OAuthCore
package import Secrets

/// The real way to wait for the browser: what `Context.listen` is in the product.
package enum Loopback {
    package static func listen(
        _ redirect: RedirectURI, _ authorizeURL: String, _ seconds: Int,
        _ begin: (_ startURL: String) -> Void,
        _ accept: (borrowing SecretBytes) -> LoopbackListener.Verdict
    ) throws(ListenerError) {
        var listener = try LoopbackListener(redirect: redirect, authorizeURL: authorizeURL)
        begin(listener.startURL)
        try listener.wait(seconds: seconds, accept: accept)
    }
}
