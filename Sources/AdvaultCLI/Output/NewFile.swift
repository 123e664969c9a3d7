internal import Glibc
internal import Secrets

/// A file that is made by a command: 0600, never over another one, on the disk before anything is said.
enum NewFile {
    /// One for a secret.
    static func write(_ secret: borrowing SecretBytes, to path: String) throws(CommandError) {
        guard !path.isEmpty, path != "-" else { throw .argument(.noFile) }
        let descriptor = try make(path)
        defer { close(descriptor) }
        do throws(CommandError) {
            try Output.write(secret, to: descriptor)
            try finish(descriptor)
        } catch { throw undone(error, path) }
    }

    /// One for a line of text.
    static func write(line: String, to path: String) throws(CommandError) {
        let descriptor = try make(path)
        defer { close(descriptor) }
        do throws(CommandError) {
            try Output.write(line, to: descriptor)
            try finish(descriptor)
        } catch { throw undone(error, path) }
    }

    /// What `write` would meet, before anything is changed for the sake of the file.
    static func check(_ path: String) throws(CommandError) {
        var status = stat()
        if unsafe lstat(path, &status) == 0 { throw .fileExists(path: path) }
        guard errno == ENOENT else { throw .newFile(path: path, errno: errno) }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard !path.isEmpty, !path.hasSuffix("/") else { throw .newFile(path: path, errno: ENOENT) }
        guard unsafe access(folder, W_OK | X_OK) == 0 else { throw .newFile(path: path, errno: errno) }
    }

    private static func make(_ path: String) throws(CommandError) -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? .fileExists(path: path) : .newFile(path: path, errno: errno)
        }
        return descriptor
    }

    private static func finish(_ descriptor: Int32) throws(CommandError) {
        try Output.write("\n", to: descriptor)
        guard fsync(descriptor) == 0 else { throw .output(errno: errno) }
    }

    /// Nothing of a file is left that could not be written whole.
    private static func undone(_ error: CommandError, _ path: String) -> CommandError {
        unsafe unlink(path)
        guard case .output(let number) = error else { return error }
        return .newFile(path: path, errno: number)
    }
}
