internal import OAuthCore

extension Explanation {
    init(_ error: OAuthError) {
        switch error {
        case .refused(let refusal): self.init(refusal)
        case .stateMismatch:
            self.init(
                "state-mismatch", .other, "the address belongs to another attempt: its state is not ours",
                next: "connect again, and use the page that this attempt opens", retryable: true)
        case .issuerMismatch:
            self.init(
                "issuer-mismatch", .other, "the answer came from another server than the provider's issuer",
                next: "check issuer in the provider file; the code was not sent anywhere")
        case .callback(let fault): self.init(fault)
        case .pasted(let fault): self.init(fault)
        case .unreadable(let status, let fault):
            self.init(
                "unreadable", .tryAgain,
                "the provider's answer cannot be read: status \(status), \(fault.words)",
                next: "try again later", retryable: true)
        case .redirectURI(let fault):
            self.init(
                "redirect-uri", .usage, "the redirect URI \(fault.words)",
                next: "take the default by leaving out --redirect-uri, and register it with the provider")
        case .endpoint(let fault):
            self.init(
                "endpoint", .usage, "the provider's address \(fault.words)",
                next: "mend the address in the provider file")
        case .clientSecretMissing:
            self.init(
                "no-client-secret", .app, "the provider wants a client secret, and the app has none",
                next: "store it with: advault app set-secret APP")
        case .notOffered:
            self.init(
                "not-offered", .app, "the provider offers no address for this",
                next: "look at what it offers: advault provider list; a provider file may name the address")
        case .secrets(let error): self.init(error)
        }
    }

    init(_ refusal: OAuthError.Refusal) {
        self.init(
            refusal.code.rawValue, refusal.kind.exit, "\(refusal.code.meaning): \(refusal.words)",
            next: refusal.code.advice, retryable: refusal.kind == .transient)
    }

    private init(_ fault: OAuthError.CallbackFault) {
        let what =
            switch fault {
            case .noCode: "it holds neither a code nor an error"
            case .repeated: "a parameter stands in it twice"
            case .malformed: "it is not encoded as it must be"
            }
        self.init(
            "callback", .other, "the provider's answer through the browser cannot be used: \(what)",
            next: "connect again", retryable: true)
    }

    private init(_ fault: OAuthError.PasteFault) {
        let what =
            switch fault {
            case .nothing: "nothing was pasted"
            case .notTheRedirectURI: "the address that was pasted does not begin with the redirect URI"
            case .noQuery: "the address that was pasted ends before the ?code=…"
            }
        self.init(
            "pasted", .other, what,
            next: "connect again and copy the whole address that the browser ends on", retryable: true)
    }
}

extension OAuthError.Kind {
    var exit: ExitStatus {
        switch self {
        case .reconnect: .reconnect
        case .app: .app
        case .transient: .tryAgain
        case .cancelled, .ours: .other
        }
    }
}

extension OAuthError.AnswerFault {
    var words: String {
        switch self {
        case .empty: "it is empty"
        case .notJSON: "it is not JSON"
        case .json(let fault): fault.words
        case .errorInside(let word): "a success with an error inside, \(Printable.quoted(word))"
        case .errorBesideTokens: "a success with tokens and an error inside"
        case .missingField: "a field is missing"
        case .token: "the token in it is over 7,000 bytes or holds characters that no token has"
        case .status: "a status that means neither success nor error"
        }
    }
}
