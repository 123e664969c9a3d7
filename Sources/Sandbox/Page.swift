/// The pages that a member sees.
enum Page {
    static let front = frame(
        "advault sandbox",
        "<p>A LinkedIn-shaped authorization server for tests. Nothing here is real, and nothing is kept.</p>")

    static func consent(id: String, clientID: String, scopes: [String], redirectURI: String) -> String {
        let items = scopes.map { "<li><code>\(escape($0))</code></li>" }.joined()
        return frame(
            "Allow access?",
            """
            <p>The app <code>\(escape(clientID))</code> asks for:</p><ul>\(items)</ul>
            <p>You will be sent to <code>\(escape(redirectURI))</code></p>
            <form method="post" action="/oauth/v2/consent">
            <input type="hidden" name="request" value="\(escape(id))">
            <button name="decision" value="approve">Allow</button>
            <button name="decision" value="user_cancelled_authorize">Cancel</button>
            <button name="decision" value="user_cancelled_login">Cancel the login</button>
            </form>
            """)
    }

    static func fault(_ text: String) -> String {
        frame("Bummer, something went wrong.", "<p>\(escape(text))</p>")
    }

    private static func frame(_ title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(escape(title))</title></head>
        <body><h1>\(escape(title))</h1>
        \(body)
        </body></html>

        """
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
