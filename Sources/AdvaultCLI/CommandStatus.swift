internal import ArgumentParser
internal import Operations

/// The commands that end with other statuses than `ExitStatus` has, because whoever calls them expects others.
enum CommandStatus {
    /// What ends the process when such a command fails; nil: `ExitStatus`.
    static func of(_ explanation: Explanation, _ arguments: [String]) -> Int32? {
        if let signal = explanation.status { return signal }
        guard arguments.first == StatusCommand.configuration.commandName else { return nil }
        // A monitor's plugin: 2 is critical, 3 that nothing can be said.
        return explanation.exit == .damaged ? Status.Severity.critical.status : Status.Severity.unknown.status
    }
}
