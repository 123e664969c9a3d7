import Foundation

/// The programs of Tests/SecondImplementation, in their virtual environment.
enum PythonTool {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let folder = root.appending(path: "Tests/SecondImplementation").path

    private static let interpreter = Result {
        let requirements = folder + "/requirements.txt"
        let venv = root.appending(path: ".build/second-venv").path
        let made = try ChildProcess.run(
            "exec '\(root.path)/Tests/venv.sh' '\(requirements)' '\(venv)'",
            environment: ["PATH": "/usr/bin:/bin", "DIR": "/", "HOME": NSHomeDirectory()], terminal: false)
        guard made.status == 0 else {
            throw Fixture.Failure(text: "no Python environment: apt-get install python3-venv; \(made.stderr)")
        }
        return made.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The words of a shell that run the program; the environment is made by the first who asks.
    static func command(_ program: String, _ arguments: String) throws -> String {
        "'\(try interpreter.get())' -B '\(folder)/\(program)' \(arguments)"
    }
}
