package import Secrets

/// A call to a provider's API before the token is put in: clear, comparable, printable.
package struct APICall: Equatable, Sendable {
    package let url: String
    package let headers: [HTTPHeader]

    package init(url: String, headers: [HTTPHeader]) {
        self.url = url
        self.headers = headers
    }

    /// GET with `Authorization: Bearer …` (RFC 6750, 2.1).
    package func request(bearer token: borrowing SecretBytes) throws(OAuthError) -> HTTPRequest {
        do {
            var buffer = try SecretBuffer(limit: 8 << 10, reserving: 7 + token.count)
            try buffer.append(clear: "Bearer ")
            try buffer.append(token)
            return HTTPRequest(method: .get, url: url, headers: headers, authorization: buffer.finish())
        } catch { throw .secrets(error) }
    }
}
