internal import Glibc
package import Secrets

/// A file that holds one secret: a machine key, a passphrase, a client secret.
package enum SecretFile {
    /// Reads it into locked memory, without one trailing line end. The file must be regular, the user's own or
    /// root's, closed to everybody else, and reached through no link of anybody else's. `/dev/fd/N`, which is what
    /// process substitution hands over, is descriptor N.
    ///
    /// In systemd's credentials folder root's file may show a group bit: where systemd lets the service's user in by
    /// an access control list, that bit is the list's mask and names no group.
    package static func read(_ path: String, limit: Int) throws(CommandError) -> SecretBytes {
        if let number = descriptor(namedBy: path) {
            return try read(descriptor: number, source: "file descriptor \(number)", limit: limit)
        }
        let opened = try open(path)
        defer { close(opened) }
        if let fault = fault(of: opened, isCredential: isCredential(path)) {
            throw .secretFile(path: path, fault)
        }
        return try readLine(opened, source: path, limit: limit)
    }

    private static func open(_ path: String) throws(CommandError) -> Int32 {
        do { return try TrustedPath.open(path) } catch {
            switch error {
            case .system(ENOENT): throw .secretFile(path: path, .missing)
            case .system(let number): throw .secretFile(path: path, .system(errno: number))
            case .foreignLink(let name): throw .secretFile(path: path, .foreignLink(name: name))
            }
        }
    }

    /// Reads the same from a descriptor that was handed over, to its end; what stands behind it is its owner's
    /// choice.
    package static func read(descriptor: Int32, source: String, limit: Int) throws(CommandError)
        -> SecretBytes
    {
        try check(descriptor: descriptor)
        return try readLine(descriptor, source: source, limit: limit)
    }

    /// Refuses what nobody handed over. From here on no program that we start inherits it.
    static func check(descriptor: Int32) throws(CommandError) {
        guard descriptor >= 0, fcntl(descriptor, F_GETFD) != -1 else {
            throw .argument(.descriptor(descriptor, .closed))
        }
        let isForWriting = fcntl(descriptor, F_GETFL) & O_ACCMODE == O_WRONLY
        guard descriptor != STDOUT_FILENO, descriptor != STDERR_FILENO, !isForWriting else {
            throw .argument(.descriptor(descriptor, .output))
        }
        guard isatty(descriptor) == 0 else { throw .argument(.descriptor(descriptor, .terminal)) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// N of `/dev/fd/N`.
    static func descriptor(namedBy path: String) -> Int32? {
        if path == "/dev/stdin" { return STDIN_FILENO }
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            return Int32(path.dropFirst(folder.count))
        }
        return nil
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
