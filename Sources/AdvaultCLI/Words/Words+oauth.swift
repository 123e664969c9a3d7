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
                next: "nothing was changed; try again later", retryable: true)
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
                next: "store it with: advault app set-secret NAME")
        case .notOffered:
            self.init("not-offered", .app, "the provider offers no address for this", next: nil)
        case .secrets(let error): self.init(error)
        }
    }

    init(_ refusal: OAuthError.Refusal) {
        self.init(
            refusal.code.rawValue, refusal.kind.exit, "the provider refused: \(refusal.words)",
            next: refusal.advice, retryable: refusal.kind == .transient)
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
            case .notTheRedirectURI: "does not begin with the redirect URI"
            case .noQuery: "ends before the ?code=…"
            }
        self.init(
            "pasted", .other, "the address that was pasted \(what)",
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
        case .missingField: "a field is missing"
        case .token: "the token in it is not one"
        case .status: "a status that means neither success nor error"
        }
    }
}

extension OAuthError.Refusal {
    /// `Status: 400, Error: The provided authorization grant …`, as users of hosted connectors know it.
    var words: String {
        let said = description ?? word ?? code.rawValue
        guard let status else { return "Error: \(Printable.bare(said))" }
        return "Status: \(status), Error: \(Printable.bare(said))"
    }

    /// What to do about it, where the connection's name is not at hand.
    var advice: String? {
        switch code {
        case .invalidGrant, .revoked, .expired: "connect again: advault reconnect NAME"
        case .clientMismatch: "the grant belongs to another app: advault reconnect NAME"
        case .restricted: "the member's account is restricted: ask the member, then advault reconnect NAME"
        case .invalidClient:
            "check the app's client ID and secret: advault app check NAME, advault app set-secret NAME"
        case .unauthorizedClient:
            "the app is not approved for this at the provider; ask for it in the app's settings there"
        case .redirectURI:
            "register the redirect URI with the app exactly as advault app show prints it; or the code was too old: connect again"
        case .invalidRequest: "check the app's settings with advault app show NAME, then connect again"
        case .scope:
            "add the product that grants these scopes to the app at the provider, or ask for fewer: --scope"
        case .forbidden: "a scope, a product of the app or a role on the ad account is missing"
        case .quota: "the day's quota is used up; it resets at 00:00 UTC"
        case .apiVersion: "set a newer version under api_versions in config.json"
        case .transient, .unreadable: "try again later"
        case .cancelled: "connect again when ready"
        }
    }
}
