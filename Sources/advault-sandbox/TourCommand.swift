import ArgumentParser
import Foundation
import Sandbox

struct TourCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tour",
        abstract: "Shows the real advault at work against a sandbox, in a folder of its own.",
        discussion: """
            Makes a vault, adds an app, connects, tests, refreshes with a machine key and lists; then searches what \
            was left on the disk and printed for every secret. Ends with 1 if one is found.
            """)

    @Option(help: "The advault to drive; else the one beside this program.")
    var advault: String?
    @Option(help: "What a refresh does to the refresh token: stable or rotating.")
    var refresh: RefreshModel = .rotating
    @Flag(help: "Leaves the folder for a look at it.")
    var keep = false

    func validate() throws {
        if refresh == .none { throw ValidationError("without refresh tokens there is nothing to refresh") }
    }

    func run() async throws {
        let path =
            advault
            ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("advault").path
        do {
            try await Tour.run(
                advault: URL(fileURLWithPath: path).standardizedFileURL.path, refresh: refresh,
                keepsFolder: keep)
        } catch let failure as TourFailure {
            try FileHandle.standardError.write(contentsOf: Data("advault-sandbox: \(failure)\n".utf8))
            throw ExitCode(1)
        }
    }
}
