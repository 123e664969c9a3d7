internal import Glibc
internal import Secrets

/// A file that is made for a secret: 0600, never over another one, on the disk before anything is said.
enum NewFile {
    static func write(_ secret: borrowing SecretBytes, to path: String) throws(CommandError) {
        guard !path.isEmpty, path != "-" else { throw .argument(.noFile) }
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? .fileExists(path: path) : .newFile(path: path, errno: errno)
        }
        defer { close(descriptor) }
        do throws(CommandError) {
            try Output.write(secret, to: descriptor)
            try Output.write("\n", to: descriptor)
            guard fsync(descriptor) == 0 else { throw CommandError.output(errno: errno) }
        } catch {
            unsafe unlink(path)
            guard case .output(let number) = error else { throw error }
            throw .newFile(path: path, errno: number)
        }
    }
}
