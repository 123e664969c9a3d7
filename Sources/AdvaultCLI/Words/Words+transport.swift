internal import HTTPTransport

extension Explanation {
    init(_ error: TransportError) {
        switch error {
        case .notSent(let reason): self.init(reason, isSent: false)
        case .outcomeUnknown(let reason): self.init(reason, isSent: true)
        }
    }

    private init(_ reason: TransportError.Reason, isSent: Bool) {
        let what = "the request \(isSent ? "got no whole answer" : "could not be sent"): \(reason.words)"
        self.init(
            isSent ? "no-answer" : "not-sent", reason.isOurs ? .other : .tryAgain, what, next: reason.advice,
            retryable: !reason.isOurs)
    }

    init(_ error: ListenerError) {
        switch error {
        case .portTaken(let port):
            self.init(
                "port-taken", .other, "port \(port) of the redirect URI is taken by another program",
                next: "end that program (ss -ltnp shows it), or connect with --paste")
        case .notLoopback:
            self.init(
                "not-loopback", .usage,
                "the redirect URI is not on this machine, so nothing here can receive it",
                next: "connect with --paste")
        case .malformedAuthorizeURL:
            self.init(
                "authorize-url", .other, "the provider's authorization address holds bytes that no URL has",
                next: "check authorize_url in the provider file")
        case .timedOut(let seconds):
            self.init(
                "timed-out", .tryAgain,
                "nobody came back from the provider within \(TimeSpan.words(seconds))",
                next: Self.runAgain, retryable: true)
        case .interrupted(let signal):
            self.init("interrupted", .interrupted, "interrupted", next: Self.runAgain)
            status = 128 + signal
        case .secrets:
            self.init(
                "no-secure-memory", .other, "no random bytes or no locked memory",
                next: "look at this machine: advault doctor")
        case .system(let number):
            self.init(
                "system", .other, "could not wait for the browser: \(words(ofErrno: number))",
                next: "connect with --paste")
        }
    }
}

extension TransportError.Reason {
    var words: String {
        switch self {
        case .resolve: "the host's name has no address"
        case .connect: "nobody answers at that address"
        case .tls: "the TLS handshake failed"
        case .certificate: "the server's certificate is not trusted, or is another host's"
        case .trustAnchors: "the certificate authorities that were named cannot be read"
        case .timeout: "it took too long"
        case .cutOff: "the connection ended in the middle"
        case .tooLarge: "the answer is over 64 KiB"
        case .proxy: "the proxy cannot be reached or refused"
        case .forbiddenURL: "the address is neither https nor http on this machine"
        case .malformedRequest: "a header would hold bytes that no header may have"
        case .outOfSecureMemory: "there is no locked memory left"
        case .other(let code): "libcurl reports error \(code)"
        }
    }

    var advice: String {
        switch self {
        case .resolve, .connect, .timeout, .cutOff: "check the network, then run the command again"
        case .tls: "check that nothing between here and the provider breaks TLS open"
        case .certificate: "a private certificate authority is named by SSL_CERT_FILE or SSL_CERT_DIR"
        case .trustAnchors: "check SSL_CERT_FILE, SSL_CERT_DIR and CURL_CA_BUNDLE"
        case .tooLarge: "check the URLs in the provider file: advault help providers"
        case .proxy: "check HTTPS_PROXY and NO_PROXY"
        case .forbiddenURL: "check the URLs in the provider file"
        case .malformedRequest: "check the headers in the provider file and the API version in config.json"
        case .outOfSecureMemory: "raise the limit on locked memory (ulimit -l, LimitMEMLOCK=)"
        case .other: "run the command again"
        }
    }

    /// Whether the cause lies on this side, so that trying again changes nothing.
    var isOurs: Bool {
        switch self {
        case .trustAnchors, .forbiddenURL, .malformedRequest, .outOfSecureMemory: true
        case .resolve, .connect, .tls, .certificate, .timeout, .cutOff, .tooLarge, .proxy, .other: false
        }
    }
}
