import HTTPTransport
import OAuthCore
import Secrets

/// An answer as a test compares it.
struct PlainAnswer: Equatable {
    let status: Int
    let headers: [HTTPHeader]
    let body: String
}

extension SecretBytes {
    init(text: String) throws(SecretsError) { try self.init(copying: Array(text.utf8).span.bytes) }

    var text: String { withBytes { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } } }
}

/// Sends one request with settings that end quickly.
func send(
    _ method: HTTPRequest.Method = .get, _ url: String, headers: [HTTPHeader] = [],
    authorization: String? = nil,
    body: String? = nil, by client: HTTPClient = .quick()
) throws -> PlainAnswer {
    let request = HTTPRequest(
        method: method, url: url, headers: headers,
        authorization: try authorization.map { try SecretBytes(text: $0) },
        body: try body.map { try SecretBytes(text: $0) })
    let answer = try client.send(request)
    return PlainAnswer(status: answer.status, headers: answer.headers, body: answer.body.text)
}

extension HTTPClient {
    static func quick(trust: TrustAnchors = .system, totalMilliseconds: Int = 5_000) -> HTTPClient {
        var limits = HTTPLimits.standard
        limits.totalMilliseconds = totalMilliseconds
        return HTTPClient(trust: trust, userAgent: "advault/test", limits: limits)
    }
}
