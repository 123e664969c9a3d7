internal import ArgumentParser

/// What the commands take that make a new root key.
struct RekeyOptions: ParsableArguments {
    @Flag(
        help: """
            Go on although a refresh was begun whose end is not known; a recovery record of it can never be stored then.
            """)
    var abandonPending = false
}
