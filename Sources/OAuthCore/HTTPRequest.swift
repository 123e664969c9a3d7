package import Secrets

/// One request, as a value: the core writes it, a transport sends it.
///
/// What is secret travels in `authorization` and `body` alone; the URL and the headers are clear and may be
/// shown. The core never puts a token into a URL.
package struct HTTPRequest: ~Copyable, Sendable {
    package enum Method: String, Equatable, Sendable { case get = "GET", post = "POST" }

    package let method: Method
    /// Absolute, already percent-encoded; sent as it stands.
    package let url: String
    package let headers: [HTTPHeader]
    /// The value of the Authorization header ("Bearer …" or "Basic …"), without the name.
    package let authorization: SecretBytes?
    package let body: SecretBytes?

    package init(
        method: Method, url: String, headers: [HTTPHeader] = [],
        authorization: consuming SecretBytes? = nil, body: consuming SecretBytes? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.authorization = authorization
        self.body = body
    }

    /// Gives the body away and wipes the rest.
    package consuming func takeBody() -> SecretBytes? { body }
}

/// A header that is not secret.
package struct HTTPHeader: Equatable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One whole answer. The body may hold tokens, so it is secret until the core has sorted it.
package struct HTTPAnswer: ~Copyable, Sendable {
    package let status: Int
    /// Those that the transport keeps: content-type, retry-after, x-li-uuid, x-li-request-id; names lowercase.
    package let headers: [HTTPHeader]
    /// At most 64 KiB.
    package let body: SecretBytes

    package init(status: Int, headers: [HTTPHeader], body: consuming SecretBytes) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package borrowing func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
