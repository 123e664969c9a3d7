import Foundation
import Sandbox

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Refuses every redirect, so that a test sees it.
private final class NoRedirects: NSObject, URLSessionTaskDelegate, Sendable {
    func urlSession(
        _: URLSession, task _: URLSessionTask, willPerformHTTPRedirection _: HTTPURLResponse,
        newRequest _: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}

/// A client of a running sandbox that follows no redirect.
struct Client: Sendable {
    let server: SandboxServer
    let app: App
    private let session: URLSession

    init(server: SandboxServer, app: App) {
        self.server = server
        self.app = app
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 30
        session = URLSession(configuration: configuration, delegate: NoRedirects(), delegateQueue: nil)
    }

    /// Sends over a new connection: libcurl repeats a request by itself when a used one dies without an answer.
    func alone(_ body: (Client) async throws -> Reply) async throws -> Reply {
        let other = Client(server: server, app: app)
        defer { other.end() }
        return try await body(other)
    }

    func end() { session.invalidateAndCancel() }

    struct Reply {
        let status: Int
        let data: Data
        let response: HTTPURLResponse

        var text: String { String(decoding: data, as: UTF8.self) }
        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: data) as? [String: Any]) ?? [:] }
        var error: String? { json["error"] as? String }
        var description: String? { json["error_description"] as? String }
        func header(_ name: String) -> String? { response.value(forHTTPHeaderField: name) }

        /// The parameters of the Location header.
        var redirect: [String: String] {
            let query = header("Location").flatMap { URLComponents(string: $0) }?.percentEncodedQuery ?? ""
            return Dictionary(
                query.split(separator: "&").map { part in
                    let halves = part.split(separator: "=", maxSplits: 1).map {
                        $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
                    }
                    return (halves[0], halves.count > 1 ? halves[1] : "")
                }
            ) { $1 }
        }
    }

    func send(
        _ method: String, _ target: String, body: String? = nil, headers: [String: String] = [:]
    ) async throws -> Reply {
        // Targets are written by the tests, in ASCII and already escaped.
        var request = URLRequest(url: URL(string: server.baseURL + target)!)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await session.data(for: request)
        // An http URL has an HTTP response.
        let answer = response as! HTTPURLResponse
        return Reply(status: answer.statusCode, data: data, response: answer)
    }

    static func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    func post(_ target: String, _ fields: [String: String], headers: [String: String] = [:]) async throws
        -> Reply
    {
        let body = fields.map { "\(Client.escape($0.key))=\(Client.escape($0.value))" }.joined(separator: "&")
        let type = ["Content-Type": "application/x-www-form-urlencoded"]
        return try await send("POST", target, body: body, headers: type.merging(headers) { $1 })
    }

    @discardableResult
    func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> Reply {
        let key = ["X-Sandbox-Key": server.sandbox.controlKey]
        return try await send(method, "/sandbox/" + path, body: body, headers: key)
    }

    // MARK: The flow

    static let redirectURI = "http://localhost:8765/callback/linkedin-sandbox"

    func authorize(
        path: String = "/oauth/v2/authorization", _ changes: [String: String?] = [:]
    ) async throws -> Reply {
        var fields: [String: String?] = [
            "response_type": "code", "client_id": app.id, "redirect_uri": Client.redirectURI,
            "scope": "r_ads r_ads_reporting", "state": "a+b/c&d= e",
        ]
        fields.merge(changes) { $1 }
        let query = fields.compactMap { name, value in value.map { "\(name)=\(Client.escape($0))" } }
        return try await send("GET", path + "?" + query.joined(separator: "&"))
    }

    func decide(_ page: Reply, _ decision: String) async throws -> Reply {
        let number =
            page.text.firstMatch(of: /name="request" value="([0-9a-f]{32})"/).map { String($0.1) } ?? ""
        return try await post("/oauth/v2/consent", ["request": number, "decision": decision])
    }

    func code(_ changes: [String: String?] = [:]) async throws -> String {
        try await decide(authorize(changes), "approve").redirect["code"] ?? ""
    }

    func token(_ fields: [String: String]) async throws -> Reply {
        let known = ["client_id": app.id, "client_secret": app.secret]
        let all = known.merging(fields) { $1 }.filter { !$0.value.isEmpty }
        return try await post("/oauth/v2/accessToken", all)
    }

    func exchange(_ code: String, _ changes: [String: String] = [:]) async throws -> Reply {
        let fields = ["grant_type": "authorization_code", "code": code, "redirect_uri": Client.redirectURI]
        return try await token(fields.merging(changes) { $1 })
    }

    func connect(_ changes: [String: String?] = [:]) async throws -> Pair {
        try await Pair(exchange(code(changes)))
    }

    func refresh(_ token: String, _ changes: [String: String] = [:]) async throws -> Reply {
        try await self.token(["grant_type": "refresh_token", "refresh_token": token].merging(changes) { $1 })
    }

    func introspect(_ token: String, _ changes: [String: String] = [:]) async throws -> Reply {
        let fields = ["client_id": app.id, "client_secret": app.secret, "token": token]
        return try await post("/oauth/v2/introspectToken", fields.merging(changes) { $1 })
    }

    func api(
        _ target: String, _ token: String, version: String? = "202610", restli: String? = "2.0.0"
    ) async throws -> Reply {
        var headers = ["Authorization": "Bearer " + token]
        headers["LinkedIn-Version"] = version
        headers["X-Restli-Protocol-Version"] = restli
        return try await send("GET", "/rest/" + target, headers: headers)
    }

    /// The log, one line an element.
    func log() async throws -> [LogLine] {
        try await control("GET", "log").text.split(separator: "\n").map {
            try JSONDecoder().decode(LogLine.self, from: Data($0.utf8))
        }
    }
}

/// The tokens of an answer; empty where there is none.
struct Pair {
    let access: String
    let refresh: String

    init(_ reply: Client.Reply) {
        access = reply.json["access_token"] as? String ?? ""
        refresh = reply.json["refresh_token"] as? String ?? ""
    }
}

/// Runs a sandbox for the length of the closure. Its clock stands still until a test moves it.
func withSandbox(
    _ change: (inout Settings) -> Void = { _ in }, apps more: [App] = [], logFile: String? = nil,
    _ body: (Client) async throws -> Void
) async throws {
    var settings = Settings()
    change(&settings)
    let app = App.random(redirectURIs: [Client.redirectURI])
    let sandbox = try Sandbox(
        settings: settings, apps: [app] + more, logFile: logFile, logsTokens: true, clock: { 1_795_000_000 })
    let server = try await SandboxServer.start(sandbox)
    let client = Client(server: server, app: app)
    do {
        try await body(client)
    } catch {
        client.end()
        await server.stop()
        throw error
    }
    client.end()
    await server.stop()
}
