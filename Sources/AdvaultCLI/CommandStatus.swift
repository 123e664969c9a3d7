internal import ArgumentParser
internal import Operations

/// The commands that end with other statuses than `ExitStatus` has, because whoever calls them expects others.
enum CommandStatus {
    /// What ends the process when such a command fails; nil: `ExitStatus`.
    static func of(_ explanation: Explanation, _ arguments: [String]) -> Int32? {
        if let signal = explanation.status { return signal }
        if arguments.first == ExecCommand.name { return ofExec(explanation.exit) }
        guard arguments.first == StatusCommand.configuration.commandName else { return nil }
        // A monitor's plugin: 2 is critical, 3 that nothing can be said.
        return explanation.exit == .damaged ? Status.Severity.critical.status : Status.Severity.unknown.status
    }

    /// All of ours are 125, as env(1) has it: any other would be taken for the command's own.
    private static func ofExec(_ exit: ExitStatus) -> Int32? {
        exit == .notExecutable || exit == .noCommand ? nil : ExitStatus.notRun.rawValue
    }
}
