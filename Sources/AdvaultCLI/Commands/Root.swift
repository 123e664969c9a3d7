internal import ArgumentParser

/// `advault` itself.
struct Root: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advault",
        abstract:
            "Keeps the credentials of ad-platform connections in one encrypted file, and refreshes and tests them.",
        discussion: "Topics: advault help "
            + HelpTopic.allCases.map(\.rawValue).joined(separator: ", advault help ") + ".",
        version: Version.text,
        subcommands: [
            Init.self, App.self, ConnectCommand.self, ReconnectCommand.self, RefreshCommand.self,
            TestCommand.self, List.self, StatusCommand.self, TokenCommand.self, ExecCommand.self,
            TagCommand.self, RenameCommand.self, DisconnectCommand.self, Key.self, Provider.self,
            VerifyCommand.self, RecoverCommand.self, AuditCommand.self, BackupCommand.self,
            RestoreCommand.self, DoctorCommand.self,
        ])
}
