import Foundation
import Testing

/// What another process can see of one that was given a key (SAFETY.md, the environment).
@Suite("Hardening", .serialized)
struct HardeningTests {
    /// Waits at the prompt, with a secret in its environment that it does not need for that.
    private static let waiting = "exec advault init"

    private func look(_ file: String, _ environment: [String: String] = [:]) throws -> String {
        let playground = try Playground()
        var variables = playground.environment
        variables.merge(environment) { $1 }
        let shown = Shown()
        _ = try ChildProcess.run(
            Self.waiting, environment: variables, terminal: true,
            reactions: [
                .init(text: "New passphrase", act: .look { shown.text = Self.read("/proc/\($0)/\(file)") }),
                .init(text: "New passphrase", act: .signal(SIGTERM)),
            ])
        return shown.text
    }

    @Test("no secret stands in /proc/PID/environ")
    func environ() throws {
        let shown = try look(
            "environ", ["ADVAULT_KEY": "the-golden-key", "ADVAULT_PASSPHRASE": "the-golden-passphrase"])
        #expect(shown.contains("HOME="))
        #expect(!shown.contains("golden-key"))
        #expect(!shown.contains("golden-passphrase"))
    }

    @Test("no core file")
    func core() throws {
        let line = try look("limits").split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(line?.split(separator: " ").dropFirst(4).first == "0")
    }

    @Test("crash signals are the system's own; SIGPIPE and SIGXFSZ are ignored")
    func signals() throws {
        let lines = try look("status").split(separator: "\n")
        func mask(_ name: String) -> UInt64 {
            let line = lines.first { $0.hasPrefix(name) } ?? ""
            return UInt64(line.split(separator: "\t").last ?? "", radix: 16) ?? .max
        }
        func bits(_ numbers: [Int32]) -> UInt64 { numbers.reduce(0) { $0 | 1 << UInt64($1 - 1) } }
        let (caught, ignored) = (mask("SigCgt"), mask("SigIgn"))
        #expect(caught & bits([SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT]) == 0)
        #expect(ignored & bits([SIGPIPE, SIGXFSZ]) == bits([SIGPIPE, SIGXFSZ]))
    }

    private static func read(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}

/// What was seen while the process lived; one thread runs the child and looks.
private final class Shown { var text = "" }
