internal import ArgumentParser
internal import Operations

/// `--api-version`, which commands that test take.
struct APIVersionOptions: ParsableArguments {
    @Option(
        help: .init(
            "The API version to test with, where the provider has versions; else config.json's.",
            valueName: "yyyymm"))
    var apiVersion: String?

    /// Checked now, so that wrong usage is told before anything happens.
    func add(to context: inout Context) throws(CommandError) {
        guard let apiVersion else { return }
        guard apiVersion.utf8.count == 6, apiVersion.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .argument(.apiVersion(apiVersion))
        }
        context.apiVersion = apiVersion
    }
}
