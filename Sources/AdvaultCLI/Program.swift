internal import ArgumentParser

/// The whole program as a function: arguments in, exit status out.
package enum Program {
    /// Runs one command line (without the program's name) and reports what failed.
    package static func run(_ arguments: [String], _ context: CommandContext) -> Int32 {
        CommandContext.$current.withValue(context) { answer(arguments) }
    }

    private static func answer(_ arguments: [String]) -> Int32 {
        let asJSON = arguments.prefix { $0 != "--" }.contains("--json")
        do {
            if let topic = HelpTopic(arguments) {
                try Output.answer(topic.text)
                return ExitStatus.done.rawValue
            }
            try SecretArguments.refuse(arguments)
            if arguments.first == "help", let unknown = CommandNames.unknown(Array(arguments.dropFirst())) {
                throw unknown
            }
            var command = try Root.parseAsRoot(arguments)
            try command.run()
            return ExitStatus.done.rawValue
        } catch let result as Finished {
            return result.status
        } catch {
            return Failure.report(error, arguments, asJSON: asJSON)
        }
    }
}

/// Thrown by a command that has said everything already and ends with another status than 0.
struct Finished: Error {
    let status: Int32

    init(status: ExitStatus) { self.status = status.rawValue }

    /// For a command with statuses of its own.
    init(ownStatus: Int32) { status = ownStatus }
}
