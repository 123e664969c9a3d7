import Foundation

/// What the directives before one command ask for.
struct GoldenRun {
    private(set) var reactions: [ChildProcess.Reaction] = []
    private(set) var mayChange = false

    var needsTerminal: Bool {
        reactions.contains {
            if case .visit = $0.act { return false }
            return true
        }
    }

    init(_ playground: Playground, _ directives: [String]) throws {
        for line in directives where !line.isEmpty && !line.hasPrefix("#") {
            let (word, rest) = GoldenRun.split(line, at: " ")
            switch word {
            case "fixture": if let fixture = try Fixture.named(rest) { try playground.use(fixture) }
            case "sandbox" where rest == "stop": playground.stopSandbox()
            case "sandbox": try playground.startSandbox(rest)
            case "scene":
                let (name, options) = GoldenRun.split(rest, at: " ")
                try playground.begin(scene: name, options)
            case "failure": try playground.control.fail(RecordedAnswer.failure(playground.expanded(rest)))
            case "settings": try playground.control.set(playground.expanded(rest))
            case "sandbox-clock": try playground.control.advance(GoldenRun.seconds(rest))
            case "revoke": try playground.control.revoke()
            case "env":
                let (name, value) = GoldenRun.split(rest, at: "=")
                playground.set(name, value)
            case "write":
                let (name, more) = GoldenRun.split(rest, at: " ")
                let (mode, text) = GoldenRun.split(more, at: " ")
                try playground.write(name, Int(mode, radix: 8) ?? 0, text)
            case "answer":
                let (prompt, text) = GoldenRun.split(rest, at: " => ")
                reactions.append(.init(text: prompt, act: .type(GoldenRun.keys(playground.expanded(text)))))
            case "signal":
                let (name, prompt) = GoldenRun.split(rest, at: " at ")
                let number = ["TERM": SIGTERM, "INT": SIGINT, "HUP": SIGHUP][name] ?? SIGKILL
                reactions.append(.init(text: playground.expanded(prompt), act: .signal(number)))
            case "browser" where rest == "elsewhere":
                reactions.append(.init(text: "Paste it here", act: .paste(Browser())))
            case "browser": reactions.append(.init(text: "http://", act: .visit(Browser())))
            case "changes": mayChange = true
            default: throw Fixture.Failure(text: "unknown directive: \(line)")
            }
        }
    }

    /// `^C` and the like become the keys; all else is typed with Enter at its end.
    private static func keys(_ text: String) -> String {
        if text == "^C" { return "\u{03}" }
        if text == "^D" { return "\u{04}" }
        return text.replacingOccurrences(of: "^U", with: "\u{15}").replacingOccurrences(
            of: "^H", with: "\u{7F}") + "\r"
    }

    /// `330d` or a number of seconds.
    private static func seconds(_ text: String) throws -> Int {
        let isDays = text.hasSuffix("d")
        guard let number = Int(isDays ? String(text.dropLast()) : text) else {
            throw Fixture.Failure(text: "no span of time: \(text)")
        }
        return isDays ? number * 86_400 : number
    }

    private static func split(_ text: String, at mark: String) -> (String, String) {
        guard let range = text.range(of: mark) else { return (text, "") }
        return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
    }
}
