import Foundation

/// A script of commands with what they must say: one file of `Golden/`, named after the mistake it guards against.
///
///     # a comment
///     fixture app              what stands in the vault: none, vault, app
///     sandbox --refresh none   starts advault-sandbox; CLIENT_ID, PORT and the file `secret` are there then
///     scene connected OPTIONS  a vault, a sandbox with these options, its app `acme` and the connection `one`;
///                              `scene app`: without the connection
///     failure {"endpoint":…}   what becomes of the sandbox's next answers (Sandbox/Failure.swift);
///                              "recorded":"NAME" takes the body from `Recorded/`
///     settings {"consent":…}   a change of the sandbox's settings (Sandbox/Settings.swift)
///     sandbox-clock 330d       the sandbox's clock goes on by so much; the program's does not
///     revoke                   the member ends every grant
///     env NAME=VALUE           for the commands that follow
///     write FILE MODE TEXT     a file with one line
///     answer PROMPT => TEXT    types TEXT at the next command's terminal when PROMPT stands there; ^C, ^D, ^U are keys;
///                              $STATE is the `state` of the address that was printed
///     signal TERM at PROMPT    sends a signal then
///     browser approve          follows the address that the next command prints
///     browser elsewhere        the same, up to the final address, which is pasted at the prompt
///     changes                  the next command may change the vault although it fails
///     $ advault list           run by sh
///     > a line of stdout
///     ! a line of stderr
///     ? 3                      the exit status
struct GoldenScript {
    struct Step {
        var directives: [String] = []
        var command: String
        var expected: [String] = []
    }

    let url: URL
    var steps: [Step] = []
    /// Lines after the last command.
    var rest: [String] = []

    var name: String { url.deletingPathExtension().lastPathComponent }

    init(_ url: URL) throws {
        self.url = url
        var waiting: [String] = []
        for line in try String(contentsOf: url, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            let line = String(line)
            if line.hasPrefix("$ ") {
                steps.append(Step(directives: waiting, command: String(line.dropFirst(2))))
                waiting = []
            } else if GoldenScript.isExpectation(line), !steps.isEmpty, waiting.isEmpty {
                steps[steps.count - 1].expected.append(line)
            } else {
                waiting.append(line)
            }
        }
        rest = waiting
    }

    /// The file's text with other outcomes: how a golden file is written anew.
    func text(outcomes: [[String]]) -> String {
        var lines: [String] = []
        for (step, outcome) in zip(steps, outcomes) {
            lines += step.directives + ["$ " + step.command] + outcome
        }
        return (lines + rest).joined(separator: "\n")
    }

    static func isExpectation(_ line: String) -> Bool {
        line.hasPrefix("> ") || line == ">" || line.hasPrefix("! ") || line == "!" || line.hasPrefix("? ")
    }

    static let all: [URL] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden")
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let one = ProcessInfo.processInfo.environment["ADVAULT_SCRIPT"].map { $0 + ".txt" }
        return (files ?? [])
            .filter { $0.pathExtension == "txt" && (one == nil || $0.lastPathComponent == one) }
            .sorted { $0.path < $1.path }
    }()
}
