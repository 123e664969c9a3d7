import Foundation

/// The parts of the server that can be told to fail.
package enum Endpoint: String, Codable, Sendable, CaseIterable {
    case authorize, consent, token, introspect, revoke, adAccountUsers, adAccounts, adAnalytics

    init?(path: String) {
        switch path {
        case "/oauth/v2/authorization", "/oauth/native-pkce/authorization": self = .authorize
        case "/oauth/v2/consent": self = .consent
        case "/oauth/v2/accessToken": self = .token
        case "/oauth/v2/introspectToken": self = .introspect
        case "/oauth/v2/revoke": self = .revoke
        case "/rest/adAccountUsers": self = .adAccountUsers
        case "/rest/adAccounts": self = .adAccounts
        case "/rest/adAnalytics": self = .adAnalytics
        default: return nil
        }
    }
}

/// What happens to the next answers of an endpoint.
package struct Failure: Codable, Equatable, Sendable {
    package var endpoint: Endpoint
    /// How many answers are left before it begins.
    package var skip: Int
    /// How many answers it meets.
    package var times: Int
    /// Whether the request is carried out all the same (tokens spent and issued), so that only its answer suffers.
    /// When it is not given: true, but where `status` is.
    package var process: Bool
    /// Stands in for the answer.
    package var status: Int?
    package var body: String?
    package var headers: [String: String]?
    /// Milliseconds before the first byte.
    package var delay: Int?
    /// The answer waits until POST /sandbox/release.
    package var hold: Bool
    /// The connection is closed without a byte.
    package var drop: Bool
    /// No answer ever comes, and the connection stays open.
    package var hang: Bool
    /// The connection is closed after so many bytes of the body.
    package var cutAfter: Int?
    /// After so many bytes of the body nothing more comes, and the connection stays open.
    package var stallAfter: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case endpoint, skip, times, process, status, body, headers, hold, drop, hang
        case delay = "delay_ms"
        case cutAfter = "cut_after"
        case stallAfter = "stall_after"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        endpoint = try fields.decode(Endpoint.self, forKey: .endpoint)
        skip = try fields.decodeIfPresent(Int.self, forKey: .skip) ?? 0
        times = try fields.decodeIfPresent(Int.self, forKey: .times) ?? 1
        status = try fields.decodeIfPresent(Int.self, forKey: .status)
        process = try fields.decodeIfPresent(Bool.self, forKey: .process) ?? (status == nil)
        body = try fields.decodeIfPresent(String.self, forKey: .body)
        headers = try fields.decodeIfPresent([String: String].self, forKey: .headers)
        delay = try fields.decodeIfPresent(Int.self, forKey: .delay)
        hold = try fields.decodeIfPresent(Bool.self, forKey: .hold) ?? false
        drop = try fields.decodeIfPresent(Bool.self, forKey: .drop) ?? false
        hang = try fields.decodeIfPresent(Bool.self, forKey: .hang) ?? false
        cutAfter = try fields.decodeIfPresent(Int.self, forKey: .cutAfter)
        stallAfter = try fields.decodeIfPresent(Int.self, forKey: .stallAfter)
    }

    /// The answer as the failure has it; the genuine one where it names no status.
    func apply(to genuine: Answer?) -> Answer {
        guard let status else { return genuine ?? .html(500, "") }
        let type = (body ?? "").hasPrefix("{") ? "application/json" : "text/html"
        let all = ["Content-Type": type].merging(headers ?? [:]) { $1 }
        return Answer(status: status, headers: all, body: Data((body ?? "").utf8))
    }
}
