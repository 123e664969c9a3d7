import Foundation
import Testing

/// Runs the scripts of `Golden/` on the real binary. `ADVAULT_GOLDEN=write swift test` writes down what it says
/// now; read the difference before you commit it. `ADVAULT_SCRIPT=NAME` runs one alone.
@Suite("Golden scripts", .serialized)
struct GoldenTests {
    @Test("says what the file says", arguments: GoldenScript.all)
    func script(_ url: URL) throws {
        let script = try GoldenScript(url)
        let playground = try Playground()
        var outcomes: [[String]] = []
        for step in script.steps {
            let run = try GoldenRun(playground, step.directives)
            let before = playground.vaultBytes()
            let outcome = try ChildProcess.run(
                step.command, environment: playground.environment,
                terminal: run.needsTerminal, reactions: run.reactions)
            #expect(outcome.unanswered.isEmpty, "\(script.name): never asked: \(outcome.unanswered)")
            if outcome.status != 0 && !run.mayChange {
                #expect(
                    playground.vaultBytes() == before,
                    "\(script.name): \(step.command) failed and changed the vault")
            }
            for secret in playground.secrets where !secret.isEmpty {
                let isClean = !(outcome.stdout + outcome.stderr + outcome.terminal).contains(secret)
                #expect(isClean, "\(script.name): \(step.command) printed a secret")
            }
            outcomes.append(lines(playground, outcome))
        }
        if ProcessInfo.processInfo.environment["ADVAULT_GOLDEN"] == "write" {
            try script.text(outcomes: outcomes).write(to: url, atomically: true, encoding: .utf8)
            return
        }
        for (step, outcome) in zip(script.steps, outcomes) {
            #expect(outcome == step.expected, "\(script.name): $ \(step.command)")
        }
    }

    @Test("there are scripts to run")
    func isNotVacuous() {
        let isWhole = ProcessInfo.processInfo.environment["ADVAULT_SCRIPT"] == nil
        #expect(GoldenScript.all.count > (isWhole ? 20 : 0))
    }

    private func lines(_ playground: Playground, _ outcome: ChildProcess.Outcome) -> [String] {
        marked(playground.normalised(outcome.stdout), ">")
            + marked(playground.normalised(outcome.stderr), "!")
            + ["? \(outcome.status)"]
    }

    private func marked(_ text: String, _ mark: String) -> [String] {
        guard !text.isEmpty else { return [] }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() } else { lines[lines.count - 1] += "<no line end>" }
        return lines.map { $0.isEmpty ? mark : mark + " " + $0 }
    }
}
