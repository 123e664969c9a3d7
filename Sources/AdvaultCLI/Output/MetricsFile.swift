internal import Glibc

/// A file of metrics, replaced whole: a collector never reads half of one. Nothing in it is secret, and the collector is
/// another user, so everybody may read it.
enum MetricsFile {
    static func write(_ text: String, to path: String) throws(CommandError) {
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
}
