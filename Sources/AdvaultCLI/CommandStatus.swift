internal import ArgumentParser
internal import Operations

/// The commands that end with other statuses than `ExitStatus` has, because whoever calls them expects others.
enum CommandStatus {
    /// What ends the process when such a command fails; nil: `ExitStatus`.
    static func of(_ explanation: Explanation, _ arguments: [String]) -> Int32? {
        if let signal = explanation.status { return signal }
        if arguments.first == ExecCommand.name { return ofExec(explanation.exit) }
        guard isStatus(arguments) else { return nil }
        return severity(explanation).status
    }

    /// A monitor shows the first line of stdout, so there it is that `status` says why it can say nothing. Returns the
    /// process's status; nil for every other command, and where the answer is for a program.
    static func answer(_ explanation: Explanation, _ arguments: [String], _ asJSON: Bool) -> Int32? {
        guard isStatus(arguments), !asJSON, !arguments.contains(where: { $0.hasPrefix("--metrics") }) else {
            return nil
        }
        do throws(CommandError) {
            try Output.answer("\(severity(explanation).rawValue): \(explanation.what)")
        } catch { return nil }
        if let next = explanation.next { Output.line("hint: " + next) }
        return explanation.status
    }

    private static func isStatus(_ arguments: [String]) -> Bool {
        arguments.first == StatusCommand.configuration.commandName
    }

    /// A monitor's plugin: 2 is critical, 3 that nothing can be said.
    private static func severity(_ explanation: Explanation) -> Status.Severity {
        explanation.exit == .damaged ? .critical : .unknown
    }

    /// All of ours are 125, as env(1) has it: any other would be taken for the command's own.
    private static func ofExec(_ exit: ExitStatus) -> Int32? {
        exit == .notExecutable || exit == .noCommand ? nil : ExitStatus.notRun.rawValue
    }
}
