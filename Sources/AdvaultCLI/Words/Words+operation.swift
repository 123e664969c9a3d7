internal import HTTPTransport
internal import OAuthCore
internal import Operations

extension Explanation {
    /// - Parameters:
    ///   - connection: the one that was worked on, so that the hint is a command to paste.
    ///   - app: its app.
    ///   - isNew: it is not in the vault yet, so that there is nothing to reconnect.
    init(_ error: OperationError, connection: String? = nil, app: String? = nil, isNew: Bool = false) {
        switch error {
        case .vault(let error): self.init(error)
        case .secrets(let error): self.init(error)
        case .providers(let error): self.init(error)
        case .oauth(let error): self.init(error)
        case .exchange(let error): self.init(ofExchange: error)
        case .network(let error): self.init(error)
        case .input(let failure): self = Explanation(ofInput: failure)
        case .name(let kind, let fault): self.init(kind, fault)
        case .notRestored(let error): self.init(notRestored: error)
        case .otherVaultThere(let found, let copy): self.init(standing: found, copy: copy)
        case .otherVaultKnown(let known, let copy): self.init(known: known, copy: copy)
        case .restoreFallsBehind(let rollback, let labels): self.init(rollback, readmitted: labels)
        case .tag(let text, let fault): self.init(tag: text, fault)
        case .tagsTooLong(let bytes):
            self.init(
                "tags", .usage, "all tags of a connection together have \(bytes) bytes, and 1024 are allowed",
                next: "nothing was changed; take some away: advault tag NAME --remove TAG")
        case .noTag(let tag, let there): self.init(noTag: tag, there: there)
        case .noApp(let name):
            self.init(
                "no-app", .notFound, "no app is called \(Printable.quoted(name))",
                next: "list them with: advault app list")
        case .noConnection(let name):
            self.init(
                "no-connection", .notFound, "no connection is called \(Printable.quoted(name))",
                next: "list them with: advault list")
        case .noAppYet:
            self.init(
                "no-app", .notFound, "the vault holds no app yet",
                next: "add one: advault app add NAME --provider linkedin-ads --client-id ID")
        case .whichApp(let names):
            self.init(
                "which-app", .usage, "there is more than one app",
                next: "name one with --app: " + names.map(Printable.argument).joined(separator: ", "))
        case .appTaken(let name):
            self.init(
                "name-taken", .usage, "an app is called \(Printable.quoted(name)) already",
                next: "choose another name; see: advault app list")
        case .connectionTaken(let name):
            self.init(
                "name-taken", .usage, "a connection is called \(Printable.quoted(name)) already",
                next: "renew it with: advault reconnect \(Printable.argument(name)); or choose another name")
        case .labelTaken(let label):
            self.init(
                "name-taken", .usage, "a key slot is called \(Printable.quoted(label)) already",
                next: "choose another label; see: advault key list")
        case .declined:
            self.init(
                "declined", .other, "nothing was changed", next: "to do it after all, run the command again")
        case .appInUse(let app, let connections):
            let names = Count.names(connections.map(Printable.argument))
            self.init(
                "app-in-use", .usage, "the app \(Printable.quoted(app)) is used by \(names)",
                next: "disconnect them first: advault disconnect NAME")
        case .redirectURI(let fault): self.init(OAuthError.redirectURI(fault))
        case .clientID:
            self.init(
                "client-id", .usage, "the client ID is empty or holds blanks or characters that none has",
                next: "copy it from the app's page at the provider")
        case .scope:
            self.init(
                "scope", .usage, "a scope is empty or holds characters that none has",
                next: "give each by itself: --scope r_ads --scope r_ads_reporting")
        case .clientSecretMissing:
            self.init(
                "empty-secret", .usage, "the client secret is missing or empty",
                next: "copy it from the app's page at the provider")
        case .clientSecretNotUsed:
            self.init(
                "secret-not-used", .usage, "this provider's apps have no client secret, so none is kept",
                next: "leave it out")
        case .clientSecretMalformed:
            self.init(
                "malformed-secret", .usage, "the client secret is too long or holds characters that none has",
                next: "copy it from the app's page at the provider, without a line break")
        case .appNotProvable(let app, let hasSecret):
            self.init(
                "not-provable", .other,
                hasSecret
                    ? "nothing is proven of \(Printable.quoted(app)): the provider has no introspection, so only a consent shows "
                        + "whether client ID and secret are right"
                    : "nothing is proven of \(Printable.quoted(app)): it has no client secret, and without one the provider says "
                        + "nothing of a client ID before a consent",
                next:
                    "connect: advault connect NAME; a wrong client ID or redirect URI is shown on the provider's page"
            )
        case .profileChanged(let app, let provider):
            self.init(
                "profile-changed", .app,
                "provider \(Printable.quoted(provider)) now sends secrets elsewhere than when the app was added",
                next: "look at: advault provider show \(Printable.argument(provider)); if that is right: "
                    + "advault app trust \(Printable.argument(app))")
        case .importTaken(let name):
            self.init(
                "name-taken", .usage, "an app is called \(Printable.quoted(name)) already",
                next:
                    "take the new one in under another name: --name NAME; or, where it is the same app with a new "
                    + "client secret: --into \(Printable.argument(name))")
        case .importMismatch(let app, let clientID):
            self.init(
                "another-app", .usage,
                "the file's app is not \(Printable.quoted(app)): its client ID is \(Printable.quoted(clientID)), "
                    + "or its provider another",
                next:
                    "compare: advault app show \(Printable.argument(app)); or take it in as an app of its own: "
                    + "--name NAME")
        case .appFileValue(let value): self.init(value)
        case .importedProfile(let provider):
            self.init(
                "profile-differs", .app,
                "provider \(Printable.quoted(provider)) sends secrets elsewhere here than at the sender",
                next: "find out together which is right: advault provider show "
                    + Printable.argument(provider))
        case .listener(let error, let redirectURI): self.init(error, redirectURI: redirectURI)
        case .needsPaste(let redirectURI):
            self.init(
                "needs-paste", .usage,
                "the redirect URI \(Printable.quoted(redirectURI)) is not on this machine",
                next: "connect with --paste, and paste the address that the browser ends on")
        case .interrupted:
            self.init(
                "interrupted-refresh", .reconnect,
                "a refresh got no answer that says whether its token was spent; the refresh token is kept and not sent "
                    + "again, because a provider may end the whole grant for that",
                next: "see whether it still lives: advault test NAME; else: advault reconnect NAME")
        case .refreshPending(let connections):
            let names = connections.map(Printable.argument)
            let all = names.joined(separator: " ")
            self.init(
                "refresh-pending", .other,
                "a refresh of \(names.joined(separator: ", ")) was begun and its end is not known: a recovery record of it "
                    + "that was printed or written to a file could never be stored after this; nothing was changed",
                next:
                    "store the record: advault recover FILE; where there is none: advault refresh \(all), or advault "
                    + "test \(all); to give it up: --abandon-pending")
        case .accessOver:
            self.init(
                "access-over", .reconnect, "the access token is over, and there is no refresh token",
                next: "connect again: advault reconnect NAME")
        case .otherAccount(let expected, let found):
            self.init(
                "other-account", .other,
                "the consent came from \(Printable.quoted(found)), not \(Printable.quoted(expected)); nothing was stored",
                next: "log out at the provider, then connect again as the expected member")
        case .accountUnknown(let expected):
            self.init(
                "account-unknown", .other,
                "the provider did not say which account consented, so it cannot be compared with "
                    + "\(Printable.quoted(expected)); nothing was stored",
                next: "connect without --expect-account")
        case .notDeleted(let error, let verdict):
            self.init(error)
            (code, retryable) = ("not-deleted", false)
            what = "\(verdict.words), and the connection still stands here: \(what)"
            next = "delete it here: advault disconnect NAME --local-only"
        case .notStored(let error, let keeping):
            self.init(error)
            (code, exit, retryable) = ("not-stored", .notStored, false)
            what = "new tokens were received and could not be stored: \(what); \(keeping.words)"
            next = keeping.advice
        case .unnoted(let cause, _, let keeping):
            self.init(cause, connection: connection, app: app, isNew: isNew)
            what += error.unnotedWords ?? ""
            next = "mend the cause first; then " + (next ?? "run the command again")
            // The same command would find no more than a refresh without an answer.
            if keeping == .nowhere, retryable {
                next =
                    "mend the cause first; then see whether the token lives: advault test NAME; else: advault reconnect NAME"
                retryable = false
            }
        }
        if isNew { next = next?.replacing("advault reconnect NAME", with: "advault connect NAME") }
        if let app { next = next?.replacing("APP", with: Printable.argument(app)) }
        // There the name that is missing is an app's.
        if let connection, error != .noAppYet {
            next = next?.replacing("NAME", with: Printable.argument(connection))
        }
    }

    /// `rename`: a name that is taken is no reason to renew what has it.
    init(ofRename error: OperationError) {
        self.init(error)
        if case .connectionTaken = error { next = "choose another name; see: advault list" }
    }

    /// The caller's own reason, which went through an operation unread.
    private init(ofInput failure: InputFailure) {
        if let error = failure.cause as? CommandError {
            self.init(error)
        } else {
            self.init("input", .other, "what was asked for did not come", next: Self.runAgain)
        }
    }

    private init(_ error: ListenerError, redirectURI: String) {
        self.init(error)
        switch error {
        case .timedOut:
            next =
                "if the browser showed an error, register exactly \(Printable.bare(redirectURI)) "
                + "with the app; or connect with --paste"
        case .portTaken:
            next = "end the program that holds it (ss -ltnp shows it), or connect with --paste"
        case .notLoopback, .malformedAuthorizeURL, .interrupted, .secrets, .system: break
        }
    }

    /// What `app check` found.
    init(_ verdict: Introspection.AppVerdict, app: String) {
        let name = Printable.argument(app)
        switch verdict {
        case .proven: self.init(done: "the app's ID and secret are right")
        case .wrongSecret(let refusal):
            self.init(
                "wrong-client-secret", .app, "the provider refuses the app's client secret: \(refusal.words)",
                next: "copy the secret anew from the provider's app page: advault app set-secret \(name)")
        case .wrongClientID(let refusal):
            self.init(
                "wrong-client-id", .app, "the provider does not know the app's client ID: \(refusal.words)",
                next:
                    "compare it with the provider's app page: advault app show \(name); to correct it: advault app "
                    + "remove \(name), then advault app add")
        }
    }
}

extension Revocation.Verdict {
    /// What became of the grant, for whom no provider is named.
    fileprivate var words: String {
        switch self {
        case .revoked: "the provider has revoked the grant"
        case .refused: "the provider refused to revoke the grant"
        case .notSupported: "the provider does not support revoking"
        case .unknown: "whether the provider revoked the grant is unknown"
        }
    }
}
