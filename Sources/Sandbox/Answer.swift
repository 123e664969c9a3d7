import Foundation

/// One request, taken off the wire.
struct Request: Sendable {
    let method: String
    let path: String
    /// As it came, still encoded.
    let query: String
    let body: Data
    /// Names in lower case.
    let headers: [String: String]
    /// The other end's address and port: one value for each connection.
    var peer: String?

    /// The body, where it is a form.
    var form: Form? {
        guard headers["content-type"]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
        else { return nil }
        return String(data: body, encoding: .utf8).flatMap(Form.init)
    }
}

/// One answer, before failures are applied.
struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var body: Data
    /// What the answer carries to the client; logged as answered when its last byte has left.
    var tokens: [Token] = []

    /// A JSON answer, its names sorted.
    static func json(_ status: Int, _ object: [String: any Sendable]) -> Answer {
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        // Every object written here is made of strings, integers, booleans, arrays and objects.
        let body = try! JSONSerialization.data(withJSONObject: object, options: options)
        return Answer(
            status: status,
            headers: ["Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache"],
            body: body)
    }

    static func html(_ status: Int, _ page: String) -> Answer {
        Answer(
            status: status,
            headers: [
                "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store",
                "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
            ],
            body: Data(page.utf8))
    }

    static func redirect(to location: String) -> Answer {
        Answer(
            status: 303, headers: ["Location": location, "Cache-Control": "no-store"], body: Data())
    }

    /// An error of RFC 6749, 5.2.
    static func oauthError(_ status: Int, _ error: String, _ description: String? = nil) -> Answer {
        var object: [String: any Sendable] = ["error": error]
        object["error_description"] = description
        return .json(status, object)
    }

    static func missingParameter(_ name: String) -> Answer {
        .oauthError(400, "invalid_request", "A required parameter \"\(name)\" is missing")
    }

    /// An error of the API, in Rest.li's shape.
    static func apiError(_ status: Int, service: Int? = nil, code: String, _ message: String) -> Answer {
        var object: [String: any Sendable] = ["status": status, "code": code, "message": message]
        object["serviceErrorCode"] = service
        return .json(status, object)
    }

    static let notFound = Answer.html(404, "<!doctype html><title>404</title><h1>Page not found</h1>")
    static let methodNotAllowed = Answer.html(
        405, "<!doctype html><title>405</title><h1>Method not allowed</h1>")
}
