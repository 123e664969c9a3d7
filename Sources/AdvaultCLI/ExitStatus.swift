/// The exit codes: one list, printed by `advault help exit-codes`.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    case other = 1
    case notFound = 3
    case reconnect = 4
    case app = 5
    case tryAgain = 6
    case busy = 7
    case damaged = 8
    case notStored = 9
    case wrongKey = 12
    case noKeySource = 13
    case newerFormat = 14
    case usage = 64
    case notRun = 125
    case notExecutable = 126
    case noCommand = 127
    case interrupted = 130

    /// One line for the help topic.
    package var meaning: String {
        switch self {
        case .done: "done"
        case .other: "something else, as said"
        case .notFound: "no such vault, app or connection"
        case .reconnect: "the member has to connect again"
        case .app: "the app's settings are refused by the provider"
        case .tryAgain: "network or provider: try again later"
        case .busy: "another process is using the vault or the connection"
        case .damaged: "the vault is damaged or was tampered with; the words say which"
        case .notStored: "a new token was received but not stored; where it is kept is said"
        case .wrongKey: "wrong passphrase or key, or the slot was altered"
        case .noKeySource: "no key source, and no terminal to ask on"
        case .newerFormat: "the vault or the app file is of a newer format: update advault"
        case .usage: "wrong usage, two key sources included"
        case .notRun: "exec: advault failed, wrong usage included; the command was not run"
        case .notExecutable: "exec: the command was found and cannot be run"
        case .noCommand: "exec: the command was not found"
        case .interrupted: "ended by signal n: 129 SIGHUP, 130 SIGINT, 143 SIGTERM"
        }
    }

    /// Over several connections, the first of these that occurred is the exit code.
    package static let precedence: [ExitStatus] = [
        .notStored, .damaged, .app, .reconnect, .tryAgain, .busy, .other,
    ]

    /// The one exit code for many results.
    package static func over(_ statuses: [ExitStatus]) -> ExitStatus {
        if let first = precedence.first(where: statuses.contains) { return first }
        return statuses.first { $0 != .done } ?? .done
    }
}
