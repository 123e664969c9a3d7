internal import HTTPTransport
internal import OAuthCore
internal import Secrets

/// The part of a consent that happens in the browser: leads there, waits, and takes the authorization code out of what
/// comes back.
struct Browser {
    let context: Context
    let plan: ConsentPlan

    func code(
        for authorization: borrowing AuthorizationRequest, _ options: Connect.Options
    ) throws(OperationError) -> SecretBytes {
        switch options.mode {
        case .browser: return try listen(authorization, options.timeoutSeconds, opening: true)
        case .noBrowser: return try listen(authorization, options.timeoutSeconds, opening: false)
        case .paste(let read): return try pasted(read, authorization)
        }
    }

    /// What is not this attempt's final address is asked for again, like a wrong passphrase: three times in all. What
    /// the provider says in it ends the wait.
    private func pasted(
        _ read: Connect.Mode.Reading, _ authorization: borrowing AuthorizationRequest
    ) throws(OperationError) -> SecretBytes {
        var left = 3
        while true {
            let text = try read(authorization.url, left == 3)
            left -= 1
            do throws(OAuthError) {
                let query = try Callback.query(ofPasted: text, redirectURI: plan.redirect)
                return try Callback.check(
                    query: query, state: authorization.state, profile: plan.app.profile)
            } catch {
                guard left > 0, let mistake = PasteMistake(error) else { throw .oauth(error) }
                context.notice(.pasteAgain(mistake))
            }
        }
    }

    private func listen(
        _ authorization: borrowing AuthorizationRequest, _ seconds: Int, opening: Bool
    ) throws(OperationError) -> SecretBytes {
        var code: SecretBytes?
        var failure: OAuthError?
        var isStrangerTold = false
        do throws(ListenerError) {
            try context.listen(
                plan.redirect, authorization.url, seconds, { begin(at: $0, seconds, opening: opening) },
                { query in
                    do throws(OAuthError) {
                        code = try Callback.check(
                            query: query, state: authorization.state, profile: plan.app.profile)
                        return .accepted(.received)
                    } catch .stateMismatch {
                        // Whoever sends such a thing may send many.
                        if !isStrangerTold { context.notice(.notOurs) }
                        isStrangerTold = true
                        return .notOurs
                    } catch {
                        failure = error
                        return .accepted(error.kind == .cancelled ? .cancelled : .failed)
                    }
                })
        } catch { throw .listener(error, redirectURI: plan.redirect.text) }
        if let failure { throw .oauth(failure) }
        switch code.take() {
        case .some(let code): return code
        // The listener returns only after a verdict that sets one of the two.
        case .none: throw .oauth(.callback(.noCode))
        }
    }

    private func begin(at startURL: String, _ seconds: Int, opening: Bool) {
        if opening {
            context.notice(.opening(startURL: startURL))
            if !context.openBrowser(startURL) { context.notice(.browserFailed(startURL: startURL)) }
        } else {
            context.notice(.visit(startURL: startURL))
        }
        context.notice(.waiting(redirectURI: plan.redirect.text, seconds: seconds))
    }
}
