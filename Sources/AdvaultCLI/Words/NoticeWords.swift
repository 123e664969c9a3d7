internal import OAuthCore
internal import Operations

/// What an operation says while it runs, on stderr.
enum NoticeWords {
    /// `tell` for one command: that no anchor is kept is said once, however often the vault is unlocked.
    static func tellingOnce() -> (Notice) -> Void {
        var saidNoAnchor = false
        return { notice in
            if case .noAnchor = notice {
                if saidNoAnchor { return }
                saidNoAnchor = true
            }
            tell(notice)
        }
    }

    /// A command to paste, as long as it can be read.
    private static func refresh(_ names: [String]) -> String {
        names.count > 5
            ? "advault refresh --force NAME, of \(Count.names(names))"
            : "advault refresh --force " + names.joined(separator: " ")
    }

    private static func words(_ mistake: PasteMistake) -> String {
        let wrong = "that is not the address on which this attempt ends"
        return switch mistake {
        case .fault(.nothing): "nothing was pasted"
        case .fault(.notTheRedirectURI): "\(wrong): it does not begin with the redirect URI"
        case .fault(.noQuery): "\(wrong): it has no ?code=…"
        case .otherState: "\(wrong): its state is not ours"
        }
    }

    static func tell(_ notice: Notice) {
        switch notice {
        case .otherScopes(let connections):
            let names = Count.names(connections.map(Printable.argument))
            Output.notice("of this app, with other scopes than are asked for now: \(names)")
            Output.line(
                "hint: where the same member consents, some providers (LinkedIn) end those access tokens; "
                    + "refresh them afterwards")
        case .sameMember(let connections, let ended):
            let names = Count.names(connections.map(Printable.argument))
            Output.notice("the same member has connected through this app already: \(names)")
            Output.line(
                "hint: that is one grant at the provider; for another account log in there as its member, "
                    + "or use another browser profile")
            if !ended.isEmpty {
                Output.line(
                    "hint: other scopes were asked for now, which may have ended their access tokens; "
                        + "new ones: \(refresh(ended.map(Printable.argument)))")
            }
        case .opening(let startURL):
            Output.notice("opening the browser on \(Printable.bare(startURL))")
        case .visit(let startURL):
            Output.notice("visit this address with a browser on this machine:")
            Output.line(startURL)
        case .browserFailed(let startURL):
            Output.notice("no browser could be started here; visit this address with one on this machine:")
            Output.line(startURL)
        case .waiting(let redirectURI, let seconds):
            Output.notice(
                "waiting \(TimeSpan.words(seconds)) for the browser to come back; the app must have registered exactly"
            )
            Output.line("  " + Printable.bare(redirectURI))
        case .notOurs:
            Output.notice("a page came back that is not this attempt's: its state is not ours; still waiting")
            Output.line("hint: use the page that this attempt opened, and close older ones")
        case .cameBack: Output.notice("the browser came back")
        case .pasteAgain(let mistake):
            Output.notice("\(words(mistake)); the consent is still good, paste it again")
        case .wrongKey: Output.notice("the passphrase is wrong; the consent is still good, try again")
        case .stored(let connection):
            Output.notice("connection \(Printable.quoted(connection)) is stored; testing it")
        case .noAnchor(let error):
            let explanation = Explanation(error)
            Output.notice("no anchor is kept, so a rolled-back file is not noticed: \(explanation.what)")
            Output.line(
                "hint: let advault write in the folder, or set XDG_STATE_HOME; see: advault help anchor")
        case .recovered(let connection):
            Output.notice(
                "\(Printable.bare(connection)): what an earlier command had received is stored now")
        case .recoveryDiscarded(let connection):
            Output.notice(
                "\(Printable.bare(connection)): a recovery record was thrown away, the connection has newer tokens"
            )
        case .recoveryKept(let fault, let path):
            Output.notice(
                "a record in \(RecoveryWords.place(path)) was not applied and stays there: "
                    + Explanation(fault).what)
            Output.line("hint: look at it with: advault recover")
        case .recoveryFailed(let connection, let error, let path):
            Output.notice(
                "\(Printable.bare(connection)): what was received waits in \(RecoveryWords.place(path)) and could not "
                    + "be stored: \(Explanation(error).what)")
            Output.line("hint: mend the cause, then: advault recover")
        case .lentUnrenewed(let connection, let seconds, let error):
            let explanation = Explanation(error, connection: connection)
            Output.notice(
                "\(Printable.bare(connection)): the access token ends in \(TimeSpan.words(Int(clamping: seconds))) and "
                    + "could not be renewed now: \(explanation.what)")
            if let next = explanation.next { Output.line("hint: " + next) }
        case .lentManual(let connection, let seconds):
            Output.notice(
                "\(Printable.bare(connection)): the access token ends in \(TimeSpan.words(Int(clamping: seconds))), and "
                    + "there is no refresh token")
            Output.line("hint: connect again: advault reconnect \(Printable.argument(connection))")
        case .recordsEnd(let connections):
            let names = connections.map(Printable.argument).joined(separator: ", ")
            Output.notice(
                "a refresh of \(names) had no known end; a recovery record of it that was printed or written to a "
                    + "file can never be stored after this")
        case .recoveryRecord(let text, let path):
            if let path {
                Output.notice(
                    "new tokens could only be written to \(Printable.quoted(path)), in a folder for temporary files; this "
                        + "line holds them too, sealed:")
            } else {
                Output.notice(
                    "new tokens could be stored nowhere; this line is all there is of them, sealed:")
            }
            Output.line(text)
        case .pausing(let seconds):
            Output.notice("waiting \(TimeSpan.words(seconds)) before the provider is asked again")
        case .stopping(let inFlight, let again):
            let answers = Count.words(inFlight, "answer")
            Output.notice(
                again
                    ? "still waiting for \(answers): a refresh token was sent with each request, and what comes is stored"
                    : "interrupted: nothing more is begun; waiting for \(answers) to store what comes")
        case .leftAlone(let host, let seconds):
            Output.notice(
                "\(Printable.bare(host)) asks to be left alone for \(TimeSpan.words(Int(clamping: seconds)))")
        }
    }
}
