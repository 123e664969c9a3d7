import Foundation
import FoundationNetworking

/// The sandbox's control interface, for tests that wait for what it sees.
struct SandboxControl {
    let address: String
    let key: String

    /// A token of the log.
    struct Entry: Decodable {
        let event: String
        let kind: String
        let family: String
        let token: String?
    }

    /// A subset of the sandbox's settings, as JSON.
    func set(_ settings: String) throws { try send("PUT", "settings", settings) }

    /// The next answer of the endpoint waits until `release`; the request is carried out before.
    func hold(_ endpoint: String) throws {
        try send("POST", "failures", #"{"endpoint":"\#(endpoint)","hold":true}"#)
    }

    /// The same for so many answers.
    func hold(_ endpoint: String, times: Int) throws {
        try send("POST", "failures", #"{"endpoint":"\#(endpoint)","hold":true,"times":\#(times)}"#)
    }

    /// What becomes of the next answers of an endpoint, as JSON.
    func fail(_ failure: String) throws { try send("POST", "failures", failure) }

    /// The clock goes on by so many seconds.
    func advance(_ seconds: Int) throws { try send("POST", "clock", #"{"advance":\#(seconds)}"#) }

    /// A grant that came without a browser.
    struct Grant: Decodable {
        let family: String
        let refresh_token: String
        let access_token: String
    }

    func mint(_ count: Int, for clientID: String) throws -> [Grant] {
        struct Answer: Decodable { let grants: [Grant] }
        let answer = try send("POST", "grants", #"{"client_id":"\#(clientID)","count":\#(count)}"#)
        return try JSONDecoder().decode(Answer.self, from: answer).grants
    }

    /// The most requests that the token endpoint had at one time, and the connections that they came on.
    func tokenLoad() throws -> (most: Int, connections: Int) {
        let state = try state()
        let number = { (name: String) in (state[name] as? [String: Int])?["token"] ?? 0 }
        return (number("most_at_once"), number("connections"))
    }

    func release() throws { try send("POST", "release", "") }

    /// The member ends every grant.
    func revoke() throws { try send("POST", "revoke", #"{"all":true}"#) }

    func held() throws -> Int { try state()["held"] as? Int ?? 0 }

    /// How many requests the token endpoint has taken.
    func tokenRequests() throws -> Int { (try state()["requests"] as? [String: Int])?["token"] ?? 0 }

    /// Every token issued, spent or reused so far; the tokens themselves by `--log-tokens`.
    func log() throws -> [Entry] {
        try send("GET", "log").split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Entry.self, from: $0)
        }
    }

    /// The newest of its kind.
    func issued(_ kind: String) throws -> String? {
        try log().last { $0.event == "issued" && $0.kind == kind }?.token
    }

    private func state() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: send("GET", "state")) as? [String: Any] ?? [:]
    }

    private final class Answer: @unchecked Sendable {
        let isThere = DispatchSemaphore(value: 0)
        var data: Data?
        var status = 0
    }

    @discardableResult
    private func send(_ method: String, _ path: String, _ body: String? = nil) throws -> Data {
        guard let url = URL(string: "\(address)/sandbox/\(path)") else { throw URLError(.badURL) }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.setValue(key, forHTTPHeaderField: "X-Sandbox-Key")
        let (session, answer) = (URLSession(configuration: .ephemeral), Answer())
        session.dataTask(with: request) { data, response, _ in
            answer.data = data
            answer.status = (response as? HTTPURLResponse)?.statusCode ?? 0
            answer.isThere.signal()
        }.resume()
        answer.isThere.wait()
        session.finishTasksAndInvalidate()
        guard answer.status == 200, let data = answer.data else {
            throw Fixture.Failure(
                text: "the sandbox's control answered \(answer.status) to \(method) \(path)")
        }
        return data
    }
}
