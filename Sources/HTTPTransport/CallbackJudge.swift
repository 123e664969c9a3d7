internal import OAuthCore
internal import Secrets

/// Decides what a whole request gets: our start page's redirect, the last page, or 400.
struct CallbackJudge {
    struct Reply {
        let text: String
        /// Whether the wait is over.
        let ends: Bool

        static var refusal: Reply { Reply(text: ListenerPage.refusal, ends: false) }
    }

    let startURL: String
    private let expected: CallbackRequest.Expectation
    private let redirect: String
    /// 32 random bytes in base64url, made for this listener: who shows them was sent on by our start page.
    private let cookie: [UInt8]

    init(redirect: RedirectURI, authorizeURL: String) throws(ListenerError) {
        guard authorizeURL.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .malformedAuthorizeURL
        }
        let cookie: String
        do { cookie = Base64URL.encode(try Random.bytes(32)) } catch { throw .secrets }
        let host = redirect.port == 80 ? redirect.host : "\(redirect.host):\(redirect.port)"
        let startPath = redirect.path == "/start" ? "/begin" : "/start"
        // Cookies do not keep to a port, so the name does.
        let name = "advault_\(redirect.port)"
        expected = CallbackRequest.Expectation(
            host: host, startPath: startPath, callbackPath: redirect.path, cookieName: name)
        startURL = "http://\(host)\(startPath)"
        // A semicolon would end the attribute.
        let path = redirect.path.contains(";") ? "/" : redirect.path
        self.redirect = ListenerPage.redirect(to: authorizeURL, cookie: "\(name)=\(cookie)", path: path)
        self.cookie = Array(cookie.utf8)
    }

    func reply(
        to caller: ListenerCaller, _ accept: (borrowing SecretBytes) -> LoopbackListener.Verdict
    ) -> Reply {
        caller.withRequest { bytes in
            // The owner last: it reads the kernel's tables, which strangers must not make us do for nothing. It
            // guards the start page too, or another user could fetch a cookie of his own there, and the state.
            guard let request = CallbackRequest(bytes, expecting: expected), isGenuine(request, bytes),
                caller.socket.isOurUsers
            else { return .refusal }
            switch request.target {
            case .start: return Reply(text: redirect, ends: false)
            case .callback(let query): return reply(to: bytes.extracting(query), accept)
            }
        }
    }

    private func isGenuine(_ request: CallbackRequest, _ bytes: RawSpan) -> Bool {
        switch request.target {
        case .start: true
        case .callback:
            request.cookies.contains { unsafe ConstantTime.equal(bytes.extracting($0), cookie.span.bytes) }
        }
    }

    private func reply(
        to query: RawSpan, _ accept: (borrowing SecretBytes) -> LoopbackListener.Verdict
    ) -> Reply {
        guard let query = try? SecretBytes(copying: query) else { return .refusal }
        switch accept(query) {
        case .accepted(let page): return Reply(text: ListenerPage.closing(page), ends: true)
        case .notOurs: return .refusal
        }
    }
}
