import Foundation
import Testing

/// What a monitor reads of `status`: every sample says what `--json` says, however a connection is called.
@Suite("Metrics")
struct MetricsTests {
    @Test("Prometheus' own parser reads them, and they say what --json says")
    func areRead() throws {
        let scene = try Scene("", connected: false)
        let names = ["plain", #"quo"te"#, #"back\slash\n"#, "müller & söhne", "a|b{c}=d", "#1"]
        try scene.mint(names.count)
        for (number, name) in names.enumerated() {
            try scene.must("advault rename c\(100 + number) '\(name)'")
        }
        try scene.must("advault tag plain --add client=acme --add eu")
        try scene.must("advault refresh plain --force")
        // One whose grant has ended, so that there is an error to be shown.
        try scene.sandbox.revoke()
        #expect(try scene.run("advault refresh '\(names[1])' --force").status == 4)
        try scene.must("advault status --metrics > metrics")
        #expect(try scene.run("advault status --json > status").status == 2)
        let read = try PythonTool.metrics.command("metrics.py", "metrics status")
        let compared = try scene.must(read).stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        // Of each: what it is, six states, its status, and three or four moments; two of the vault, and the error.
        #expect(compared == String(names.count * 11 + 1 + 1 + 2))
    }
}
