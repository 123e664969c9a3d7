/// What the listener sends back: fixed words, no script, no style, nothing loaded, nothing kept.
enum ListenerPage {
    /// The code stands in the callback's URL, so no answer may be stored and no referrer sent.
    private static let headers = """
        Cache-Control: no-store\r
        Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r
        Referrer-Policy: no-referrer\r
        X-Content-Type-Options: nosniff\r
        Connection: close\r

        """

    static func closing(_ page: LoopbackListener.ClosingPage) -> String {
        switch page {
        case .received: html("200 OK", "The answer has arrived", "advault goes on in the terminal.")
        case .cancelled: html("200 OK", "Cancelled", "Nothing was connected.")
        case .failed: html("200 OK", "The provider refused", "The terminal says why.")
        }
    }

    static let refusal = html(
        "400 Bad Request", "Not a request for this page",
        "Open the address that advault printed, in a browser of the same user on the same machine.")

    /// To the provider, with the cookie. Lax: the way back is a navigation from another site. Not Secure: the
    /// listener speaks http. The path keeps it from other pages of this host.
    static func redirect(to url: String, cookie: String, path: String) -> String {
        "HTTP/1.1 302 Found\r\nLocation: \(url)\r\n"
            + "Set-Cookie: \(cookie); Path=\(path); HttpOnly; SameSite=Lax\r\n"
            + headers + "Content-Length: 0\r\n\r\n"
    }

    private static func html(_ status: String, _ title: String, _ text: String) -> String {
        let body = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>advault: \(title)</title>
            <h1>\(title)</h1><p>\(text)</p><p>You may close this window.</p></html>

            """
        return "HTTP/1.1 \(status)\r\nContent-Type: text/html; charset=utf-8\r\n" + headers
            + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
    }
}
