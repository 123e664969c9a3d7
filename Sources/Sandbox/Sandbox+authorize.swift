/// The authorization endpoint and the consent page behind it (LINKEDIN.md, Authorize).
extension Sandbox {
    /// A fault of the app or of its redirect URI is shown here, as LinkedIn does, and never redirected; the others
    /// go back with the state.
    func authorize(_ request: Request) -> Answer {
        guard request.method == "GET" else { return .methodNotAllowed }
        guard let form = Form(request.query), form.repeated == nil else {
            return .html(400, Page.fault("The request is malformed."))
        }
        guard let app = form["client_id"].flatMap({ apps[$0] }) else {
            return .html(
                400, Page.fault("The passed in client_id is invalid \"\(form["client_id"] ?? "")\"."))
        }
        let native = request.path == "/oauth/native-pkce/authorization"
        guard let redirectURI = form["redirect_uri"], app.allows(redirectURI: redirectURI, native: native)
        else {
            return .html(400, Page.fault("The redirect_uri does not match the registered value."))
        }
        let back = Redirect(uri: redirectURI, state: form["state"])
        if let fault = requestFault(form, app: app, native: native) {
            return back.answer(error: fault.error, description: fault.description)
        }
        let consent = Consent(
            clientID: app.id, redirectURI: redirectURI, scopes: scopes(form), state: form["state"],
            challenge: form["code_challenge"])
        if let decision = settings.consent { return decide(decision, consent) }
        let id = Random.string(32, from: Random.hexadecimal)
        consents[id] = consent
        return .html(
            200, Page.consent(id: id, clientID: app.id, scopes: consent.scopes, redirectURI: redirectURI))
    }

    /// What the member's browser posts: the page's own number and a decision.
    func consent(_ request: Request) -> Answer {
        guard request.method == "POST" else { return .methodNotAllowed }
        guard let form = request.form, let decision = form["decision"].flatMap(Decision.init),
            let consent = form["request"].flatMap({ consents.removeValue(forKey: $0) })
        else { return .html(400, Page.fault("This consent page is over. Start again.")) }
        return decide(decision, consent)
    }

    private func decide(_ decision: Decision, _ consent: Consent) -> Answer {
        let back = Redirect(uri: consent.redirectURI, state: consent.state)
        switch decision {
        case .approve: return back.answer([("code", grant(consent).text)])
        case .cancelLogin:
            return back.answer(error: decision.rawValue, description: "The user cancelled LinkedIn login")
        case .cancelAuthorize:
            return back.answer(error: decision.rawValue, description: "The user cancelled the authorization")
        }
    }

    /// A new family and its code.
    private func grant(_ consent: Consent) -> Token {
        let family = consented(to: consent.clientID, consent.scopes)
        let binding = CodeBinding(redirectURI: consent.redirectURI, challenge: consent.challenge)
        return issue(.code, for: family, expiresAt: now + settings.codeLifetime, binding: binding)
    }

    private func requestFault(_ form: Form, app: App, native: Bool) -> (error: String, description: String)? {
        guard form["response_type"] == "code" else {
            return ("unsupported_response_type", "The passed in response_type is not supported")
        }
        let asked = scopes(form)
        if asked.isEmpty { return ("invalid_request", "A required parameter \"scope\" is missing") }
        if let other = asked.first(where: { !app.scopes.contains($0) }) {
            // LinkedIn leaves HTML entities in this description.
            return (
                "unauthorized_scope_error",
                "Scope &quot;\(other)&quot; is not authorized for your application"
            )
        }
        if native && !app.native {
            return ("unauthorized_client", "This application is not enabled for native PKCE")
        }
        return challengeFault(form, native: native)
    }

    /// S256 alone (RFC 7636, 4.3); demanded on the native path, honoured on the other.
    private func challengeFault(_ form: Form, native: Bool) -> (error: String, description: String)? {
        guard let challenge = form["code_challenge"] else {
            return native ? ("invalid_request", "A required parameter \"code_challenge\" is missing") : nil
        }
        guard form["code_challenge_method"] == "S256", challenge.count == 43 else {
            return ("invalid_request", "The code_challenge_method must be S256")
        }
        return nil
    }

    private func scopes(_ form: Form) -> [String] {
        (form["scope"] ?? "").split(separator: " ").map(String.init)
    }
}

/// The way back to the client, with the state as it came.
private struct Redirect {
    let uri: String
    let state: String?

    func answer(_ pairs: [(String, String)]) -> Answer {
        let all = pairs + (state.map { [("state", $0)] } ?? [])
        return .redirect(to: uri + (uri.contains("?") ? "&" : "?") + Form.encode(all))
    }

    func answer(error: String, description: String) -> Answer {
        answer([("error", error), ("error_description", description)])
    }
}
