import Foundation

/// What the system shows of a running process.
struct ProcessView {
    let pid: pid_t

    /// nil where it may not be read.
    func file(_ name: String) -> Data? { try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/\(name)")) }

    func text(_ name: String) -> String { String(decoding: file(name) ?? Data(), as: UTF8.self) }

    /// Who owns one of the files: root, where the process is not dumpable.
    func owner(of name: String) -> uid_t? {
        var status = stat()
        return lstat("/proc/\(pid)/\(name)", &status) == 0 ? status.st_uid : nil
    }

    /// The words after "NAME:" in /proc/PID/status.
    func status(_ name: String) -> [Substring] {
        let line = text("status").split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().map(\.self) ?? []
    }

    /// Whether a signal waits for the process or one of its threads, held back.
    func hasPending(_ number: Int32) -> Bool {
        ["SigPnd", "ShdPnd"].contains { name in
            let mask = status(name).first.flatMap { UInt64($0, radix: 16) } ?? 0
            return mask & 1 << UInt64(number - 1) != 0
        }
    }
}

extension ProcessView {
    /// Whether it has ended; who should bury it may be slow.
    var hasEnded: Bool { ["Z", nil].contains(status("State").first) }
}
