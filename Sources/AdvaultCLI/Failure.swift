internal import ArgumentParser
internal import CredentialVault
internal import HTTPTransport
internal import OAuthCore
internal import Operations
internal import Providers
internal import Secrets

/// Reports what ended a command: a sentence and a hint on stderr, or with `--json` one object there.
enum Failure {
    static func report(_ error: any Error, _ arguments: [String], asJSON: Bool) -> Int32 {
        if var explanation = explanation(of: error) {
            explanation.status = CommandStatus.of(explanation, arguments)
            return CommandStatus.answer(explanation, arguments, asJSON) ?? tell(explanation, asJSON: asJSON)
        }
        // What remains is ArgumentParser's: help and the version, which are answers, or wrong usage.
        let message = Root.fullMessage(for: error)
        guard Root.exitCode(for: error) != .success else {
            do { try Output.answer(message) } catch { return tell(Explanation(error), asJSON: asJSON) }
            return ExitStatus.done.rawValue
        }
        var explanation = usage(error, arguments, full: message)
        explanation.status = CommandStatus.of(explanation, arguments)
        return CommandStatus.answer(explanation, arguments, asJSON) ?? tell(explanation, asJSON: asJSON)
    }

    private static func usage(_ error: any Error, _ arguments: [String], full: String) -> Explanation {
        // What stands where the command should is taken for our own arguments.
        if arguments.first == ExecCommand.name, !arguments.contains("--") {
            return Explanation(CommandError.argument(.noCommand))
        }
        return CommandNames.unknown(arguments)
            ?? UsageWords.explanation(message: Root.message(for: error), full: full)
    }

    /// The words of one of ours; nil for an error that is ArgumentParser's.
    static func explanation(of error: any Error) -> Explanation? {
        switch error {
        case let error as Explanation: error
        case let error as CommandError: Explanation(error)
        case let error as OperationError: Explanation(error)
        case let error as VaultError: Explanation(error)
        case let error as OAuthError: Explanation(error)
        case let error as ProvidersError: Explanation(error)
        case let error as TransportError: Explanation(error)
        case let error as ListenerError: Explanation(error)
        case let error as SecretsError: Explanation(error)
        default: nil  // not a switch over one error's cases: whatever is not ours
        }
    }

    /// Says it and returns the process's exit status.
    static func tell(_ explanation: Explanation, connection: String? = nil, asJSON: Bool) -> Int32 {
        if asJSON {
            Output.line(json(explanation, connection).encoded())
        } else {
            let about = connection.map { Printable.bare($0) + ": " } ?? ""
            Output.notice(about + explanation.what)
            if let next = explanation.next { Output.line("hint: " + next) }
        }
        return explanation.status ?? explanation.exit.rawValue
    }

    private static func json(_ explanation: Explanation, _ connection: String?) -> JSONValue {
        .object([
            .init("schema", .integer(1)),
            .init(
                "error",
                .object([
                    .init("code", .string(explanation.code)),
                    .init("exit", .integer(Int64(explanation.status ?? explanation.exit.rawValue))),
                    .init("retryable", .bool(explanation.retryable)),
                    .init("connection", connection.map { .string($0) } ?? .null),
                    .init("message", .string(explanation.what)),
                    .init("hint", explanation.next.map { .string($0) } ?? .null),
                ])),
        ])
    }
}
