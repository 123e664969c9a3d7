import Foundation
import Testing

/// A refresh that meets kills and failing disks, by strace.
extension Scene {
    /// The connection refreshed once, so that the spool is there, and the next command of one's own.
    static func refreshedOnce() throws -> Scene {
        let scene = try Scene("--refresh rotating")
        try scene.must("advault refresh one --force")
        return scene
    }

    /// Runs a command under strace with faults, and demands that one of them was met.
    /// - Parameter setting: variables of the command's environment.
    func refresh(
        _ faults: String, on file: String? = nil, command: String = "refresh one --force",
        with setting: String = ""
    ) throws -> ChildProcess.Outcome {
        let path = file.map { "-P \(vaultFolder)/vault.db\($0)" } ?? ""
        let outcome = try run(
            "\(setting) strace -f -qq -o $DIR/trace \(path) \(faults) $(command -v advault) \(command)")
        let trace = try text("trace")
        guard trace.contains("INJECTED") || trace.contains("+++ killed") else {
            throw Fixture.Failure(text: "the injection hit nothing: \(trace)")
        }
        return outcome
    }

    /// The calls of a whole refresh that come before the record is written into the spool.
    func before(_ call: String, of command: String = "refresh one --force") throws -> [Substring] {
        try must(
            "strace -f -qq -y -o $DIR/trace -e trace=\(call) $(command -v advault) \(command)")
        return try Array(text("trace").split(separator: "\n").prefix { !$0.contains("vault.db.spool>") })
    }

    static func inject(_ call: String, _ fault: String) -> String {
        "-e trace=\(call) -e inject=\(call):\(fault)"
    }

    /// The disk is full from the commit on that comes after the answer.
    func commitFull(of command: String = "refresh one --force") throws -> String {
        // A few writes into the commit: how many pages the mark takes differs from time to time.
        let mark = try before("pwrite64", of: command).count { $0.contains("vault.db-wal>") }
        return Self.inject("pwrite64", "error=ENOSPC:when=\(mark + 3)+")
    }

    /// The spool's sync fails, then the commit's writes.
    func bothFail() throws -> String {
        let writes = try before("pwrite64").count
        let syncs = try before("fdatasync").count
        return "-e inject=fdatasync:error=EIO:when=\(syncs + 1)+ "
            + "-e inject=pwrite64:error=ENOSPC:when=\(writes + 4)+"
    }

    func recoveryFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: vaultFolder).filter { $0.hasSuffix(".recovery") }
    }

    /// The vault holds the newest tokens that the server issued, and the server saw none twice.
    func expectStored() throws {
        let token = try #require(try sandbox.issued("access"))
        #expect(try must("advault token one").stdout == token + "\n")
        try must("advault refresh one --force")
        #expect(try !sandbox.log().contains { $0.event == "reused" })
        #expect(try connection()?["state"] as? String == "ok")
        try must("advault verify")
    }
}
