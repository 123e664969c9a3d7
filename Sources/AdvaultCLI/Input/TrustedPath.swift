internal import Glibc

/// Opens a file for reading through links of the user's own and of root's alone: nobody else's link decides which
/// secret is read.
///
/// Walked name by name with descriptors, so that what was looked at is what is opened.
enum TrustedPath {
    /// Links that are followed, as the kernel counts them.
    private static let hops = 40
    /// O_PATH, which glibc shows to GNU sources alone: a folder that may be passed through need not be readable.
    private static let passing: Int32 = 0o10000000

    enum Fault: Error, Equatable {
        case system(errno: Int32)
        /// A link that belongs to somebody else.
        case foreignLink(name: String)
    }

    /// The descriptor, which the caller closes.
    static func open(_ path: String) throws(Fault) -> Int32 {
        var folder = try openFolder(path.hasPrefix("/") ? "/" : ".", in: AT_FDCWD)
        defer { close(folder) }
        // The names still to be walked, the next one last.
        var names = parts(path)
        var left = hops
        while let name = names.popLast() {
            if let target = try link(name, in: folder) {
                left -= 1
                guard left >= 0 else { throw .system(errno: ELOOP) }
                names += parts(target)
                if target.hasPrefix("/") { try step(to: "/", &folder) }
            } else if names.isEmpty {
                return try openFile(name, in: folder)
            } else {
                try step(to: name, &folder)
            }
        }
        // `/`, `.` or nothing: a folder, as the caller will see.
        return try openFile(".", in: folder)
    }

    private static func parts(_ path: String) -> [String] {
        // A slash at the end asks for a folder: `.` in it makes a file fail.
        let names = path.split(separator: "/").map(String.init)
        return (path.hasSuffix("/") ? names + ["."] : names).reversed()
    }

    private static func step(to name: String, _ folder: inout Int32) throws(Fault) {
        let next = try openFolder(name, in: folder)
        close(folder)
        folder = next
    }

    private static func openFolder(_ name: String, in folder: Int32) throws(Fault) -> Int32 {
        let opened = unsafe openat(folder, name, passing | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { throw .system(errno: errno) }
        return opened
    }

    private static func openFile(_ name: String, in folder: Int32) throws(Fault) -> Int32 {
        // O_NONBLOCK: opening a FIFO that nobody writes to must not hang.
        let opened = unsafe openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard opened >= 0 else { throw .system(errno: errno) }
        return opened
    }

    /// Where the link leads; nil when the name is none.
    private static func link(_ name: String, in folder: Int32) throws(Fault) -> String? {
        var status = stat()
        guard unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw .system(errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFLNK else { return nil }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { throw .foreignLink(name: name) }
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let room = target.count
        // PATH_MAX bytes, so that there is a base address.
        let count = unsafe target.withUnsafeMutableBytes {
            unsafe readlinkat(folder, name, $0.baseAddress!, room)
        }
        guard count > 0, count < room else { throw .system(errno: count < 0 ? errno : ENAMETOOLONG) }
        return String(decoding: target[..<count], as: UTF8.self)
    }
}
