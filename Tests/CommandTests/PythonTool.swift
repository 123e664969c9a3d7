import Foundation

/// The Python programs of one folder of Tests, in a virtual environment of what its requirements.txt names.
struct PythonTool: Sendable {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let secondImplementation = PythonTool("SecondImplementation", "second-venv")
    static let metrics = PythonTool("Metrics", "metrics-venv")

    private let folder: String
    private let interpreter: Result<String, any Error>

    private init(_ name: String, _ venv: String) {
        let folder = PythonTool.root.appending(path: "Tests/" + name).path
        self.folder = folder
        interpreter = Result { try PythonTool.interpreter(folder, venv) }
    }

    private static func interpreter(_ folder: String, _ venv: String) throws -> String {
        let (requirements, venv) = (folder + "/requirements.txt", root.appending(path: ".build/" + venv).path)
        let made = try ChildProcess.run(
            "exec '\(root.path)/Tests/venv.sh' '\(requirements)' '\(venv)'",
            environment: ["PATH": "/usr/bin:/bin", "DIR": "/", "HOME": NSHomeDirectory()], terminal: false)
        guard made.status == 0 else {
            throw Fixture.Failure(text: "no Python environment: apt-get install python3-venv; \(made.stderr)")
        }
        return made.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The words of a shell that run the program; the environment is made by the first who asks.
    func command(_ program: String, _ arguments: String) throws -> String {
        "'\(try interpreter.get())' -B '\(folder)/\(program)' \(arguments)"
    }
}
