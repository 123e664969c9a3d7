internal import Glibc

/// A file of metrics, replaced whole: a collector never reads half of one. Nothing in it is secret, and the collector is
/// another user, so everybody may read it.
enum MetricsFile {
    static func write(_ text: String, to path: String) throws(CommandError) {
        guard isOurs(path) else { throw .fileExists(path: path) }
        // Not .prom: the collector takes no notice of it.
        let draft = "\(path).\(getpid()).tmp"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .newFile(path: path, errno: errno) }
        do throws(CommandError) {
            defer { close(descriptor) }
            // Past the umask of 077 that everything else is made under.
            guard fchmod(descriptor, 0o644) == 0 else { throw .output(errno: errno) }
            try Output.write(text, to: descriptor)
            guard fsync(descriptor) == 0 else { throw .output(errno: errno) }
            guard unsafe rename(draft, path) == 0 else { throw .output(errno: errno) }
        } catch {
            unsafe unlink(draft)
            guard case .output(let number) = error else { throw error }
            throw .newFile(path: path, errno: number)
        }
    }

    /// Nothing stands there, or an empty file, or what an earlier run wrote: a mistyped path must not cost a vault or a
    /// key. A symbolic link is replaced, not followed.
    private static func isOurs(_ path: String) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return true }
        if status.st_mode & S_IFMT == S_IFLNK { return true }
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard status.st_mode & S_IFMT == S_IFREG, descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let beginning = Array(Metrics.beginning.utf8)
        var found = [UInt8](repeating: 0, count: beginning.count)
        let count = unsafe read(descriptor, &found, found.count)
        return count == 0 || (count == found.count && found == beginning)
    }
}
