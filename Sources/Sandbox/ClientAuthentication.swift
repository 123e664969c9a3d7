import Foundation

/// The app that a request to the token or introspection endpoint proved to be, or why not.
enum ClientAuthentication {
    case app(App)
    case unknownClient
    case wrongSecret
    case refused(Answer)

    /// client_secret_post as LinkedIn wants it, or Basic (RFC 6749, 2.3.1), never both; an app of the native path
    /// may come without its secret.
    static func check(_ request: Request, _ form: Form, apps: [String: App]) -> ClientAuthentication {
        let id: String
        let secret: String?
        if let header = request.headers["authorization"] {
            guard form["client_secret"] == nil, let pair = basic(header) else {
                return .refused(.oauthError(400, "invalid_request", "Use one way of client authentication"))
            }
            (id, secret) = pair
        } else {
            guard let given = form["client_id"] else { return .refused(.missingParameter("client_id")) }
            (id, secret) = (given, form["client_secret"])
        }
        guard let app = apps[id] else { return .unknownClient }
        guard let secret else {
            return app.native ? .app(app) : .refused(.missingParameter("client_secret"))
        }
        return secret == app.secret ? .app(app) : .wrongSecret
    }

    /// Both halves are form-encoded before they are put together.
    private static func basic(_ header: String) -> (String, String?)? {
        guard header.lowercased().hasPrefix("basic "),
            let bytes = Data(base64Encoded: String(header.dropFirst(6))),
            let text = String(data: bytes, encoding: .utf8)
        else { return nil }
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let id = Form.decode(halves[0]), let secret = Form.decode(halves[1]) else {
            return nil
        }
        return (id, secret)
    }

    static let failed = Answer.oauthError(401, "invalid_client", "Client authentication failed")
}
