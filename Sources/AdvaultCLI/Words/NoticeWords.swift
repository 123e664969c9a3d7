internal import Operations

/// What an operation says while it runs, on stderr.
enum NoticeWords {
    static func tell(_ notice: Notice) {
        switch notice {
        case .otherScopes(let connections):
            let names = connections.map(Printable.argument).joined(separator: ", ")
            Output.notice("\(names) of this app was connected with other scopes")
            Output.line(
                "hint: some providers (LinkedIn) end its access token with this consent; refresh it afterwards"
            )
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
        case .cameBack: Output.notice("the browser came back")
        case .wrongKey: Output.notice("the passphrase is wrong; the consent is still good, try again")
        case .stored(let connection):
            Output.notice("connection \(Printable.quoted(connection)) is stored; testing it")
        case .noAnchor(let error):
            Output.notice("no anchor is kept, so a rolled-back file is not noticed: \(Explanation(error).what)")
            if let next = Explanation(error).next { Output.line("hint: " + next) }
        case .pausing(let seconds):
            Output.notice("waiting \(TimeSpan.words(seconds)) before the provider is asked again")
        }
    }
}
