import ArgumentParser

@main
struct AdvaultSandbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advault-sandbox",
        abstract: "A LinkedIn-shaped authorization server on loopback, for tests and the tour.",
        subcommands: [Serve.self, TourCommand.self])
}
