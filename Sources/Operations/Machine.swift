private import Glibc

/// What the kernel says of this machine, in /proc.
enum Machine {
    /// At most 64 KiB; nil where it cannot be read.
    static func text(_ path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe read(file, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The first line.
    static func line(_ path: String) -> String? {
        text(path)?.split(separator: "\n").first.map(String.init)
    }

    /// The first column of /proc/swaps, without its heading; zram is memory and no disk.
    static func swaps(in text: String) -> [String] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            line.split { $0 == " " || $0 == "\t" }.first.map(String.init)
        }.filter { !$0.hasPrefix("/dev/zram") }
    }

    /// RLIMIT_MEMLOCK in bytes; nil: no limit.
    static var lockLimit: UInt64? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 else { return 0 }
        return limit.rlim_cur == .max ? nil : UInt64(limit.rlim_cur)
    }
}
