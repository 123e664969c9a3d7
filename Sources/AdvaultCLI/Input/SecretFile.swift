internal import Glibc
package import Secrets

/// A file that holds one secret: a machine key, a passphrase, a client secret.
package enum SecretFile {
    /// Reads it into locked memory, without one trailing line end. The file must be regular, the user's own or
    /// root's, and closed to everybody else.
    ///
    /// In systemd's credentials folder root's file may show a group bit: where systemd lets the service's user in by
    /// an access control list, that bit is the list's mask and names no group.
    package static func read(_ path: String, limit: Int) throws(CommandError) -> SecretBytes {
        // O_NONBLOCK: opening a FIFO that nobody writes to must not hang; it is refused below.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .secretFile(path: path, errno == ENOENT ? .missing : .system(errno: errno))
        }
        defer { close(descriptor) }
        if let fault = fault(of: descriptor, isCredential: isCredential(path)) {
            throw .secretFile(path: path, fault)
        }
        return try readLine(descriptor, source: path, limit: limit)
    }

    /// Reads the same from a descriptor that was handed over; what stands behind it is its owner's choice.
    package static func read(descriptor: Int32, source: String, limit: Int) throws(CommandError)
        -> SecretBytes
    {
        guard fcntl(descriptor, F_GETFD) != -1 else { throw .argument(.descriptor(descriptor)) }
        return try readLine(descriptor, source: source, limit: limit)
    }

    private static func fault(of descriptor: Int32, isCredential: Bool) -> CommandError.FileFault? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return .system(errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return .folder
        default: return .notRegular
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { return .foreignOwner }
        let closed: mode_t = isCredential && status.st_uid == 0 ? 0o037 : 0o077
        return status.st_mode & closed == 0 ? nil : .wideMode(status.st_mode & 0o777)
    }

    /// Whether the file lies right in the folder that systemd made for this service (systemd.exec(5), Credentials).
    private static func isCredential(_ path: String) -> Bool {
        guard let folder = unsafe getenv("CREDENTIALS_DIRECTORY") else { return false }
        let prefix = unsafe String(cString: folder) + "/"
        return path.hasPrefix(prefix) && !path.dropFirst(prefix.count).contains("/")
    }

    private static func readLine(
        _ descriptor: Int32, source: String, limit: Int
    ) throws(CommandError) -> SecretBytes {
        var text: SecretBuffer
        do { text = try SecretBuffer(limit: limit + 2) } catch { throw .secrets(error) }
        var byte: UInt8 = 0
        while true {
            let count = unsafe Glibc.read(descriptor, &byte, 1)
            if count == 0 { break }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                // A descriptor that was handed over may be non-blocking: wait until there is something.
                var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&input, 1, -1)
                continue
            }
            guard count == 1 else { throw .secretFile(path: source, .system(errno: errno)) }
            do { try text.append(byte) } catch { throw .secretTooLong(source: source, limit: limit) }
        }
        text.stripLineEnd()
        guard text.count > 0 else { throw .emptySecret(source: source) }
        guard text.count <= limit else { throw .secretTooLong(source: source, limit: limit) }
        return text.finish()
    }
}

extension SecretBuffer {
    /// Takes off one line end, LF or CR LF.
    mutating func stripLineEnd() {
        guard lastByte == 0x0A else { return }
        removeLast()
        if lastByte == 0x0D { removeLast() }
    }

    private var lastByte: UInt8? {
        guard count > 0 else { return nil }
        let last = count - 1
        return withBytes { unsafe $0.unsafeLoad(fromByteOffset: last, as: UInt8.self) }
    }
}
