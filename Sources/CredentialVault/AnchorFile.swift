private import Glibc

/// The file `anchor` in its folder: read and written as a whole.
enum AnchorFile {
    static func path(in folder: String) -> String { folder + "/anchor" }

    /// Whether a folder is there that nobody else writes in. It may be a symbolic link, as systemd makes them.
    static func folderIsThere(_ folder: String) throws(VaultError) -> Bool {
        var status = stat()
        guard unsafe stat(folder, &status) == 0 else {
            // Out of reach is as good as missing: what cannot be looked at cannot be written either, and `makeFolder`
            // says so.
            if errno == ENOENT || errno == ENOTDIR || errno == EACCES { return false }
            throw .anchor(path: folder, .unreadable(errno: errno))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .anchor(path: folder, .file(.notRegular)) }
        guard status.st_uid == geteuid() else { throw .anchor(path: folder, .file(.folderForeignOwner)) }
        guard status.st_mode & 0o022 == 0 else { throw .anchor(path: folder, .file(.folderWideMode)) }
        return true
    }

    /// 0700, parents too, where there is none.
    static func makeFolder(_ folder: String) throws(VaultError) {
        try FileRules.makeFolder(folder)
        guard try folderIsThere(folder) else { throw .system(.mkdir, path: folder, errno: EACCES) }
    }

    /// nil when there is no file. Throws `anchor`.
    static func read(in folder: String) throws(VaultError) -> AnchorTable? {
        let path = path(in: folder)
        let file = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .anchor(path: path, errno == ELOOP ? .file(.symbolicLink) : .unreadable(errno: errno))
        }
        defer { close(file) }
        do throws(VaultError) { try check(file, path) } catch {
            // Another process put its successor in place between open and fstat: that one is read.
            guard case .anchor(_, .file(.hardLinks)) = error, FileRules.hasNoName(file) else { throw error }
            return try read(in: folder)
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let got = unsafe Glibc.read(file, &piece, piece.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .anchor(path: path, .unreadable(errno: errno)) }
            if got == 0 { break }
            bytes += piece[..<got]
            guard bytes.count <= AnchorTable.limit else { throw .anchor(path: path, .tooLarge) }
        }
        guard let table = AnchorTable(parsing: bytes) else { throw .anchor(path: path, .malformed) }
        return table
    }

    static func check(_ file: Int32, _ path: String) throws(VaultError) {
        do { try FileRules.checkOpen(file, path: path) } catch .refusedFile(_, let fault) {
            throw .anchor(path: path, .file(fault))
        }
    }

    /// Durable when it returns. Called under the lock, so one name beside is enough.
    static func write(_ table: AnchorTable, in folder: String) throws(VaultError) {
        let (path, temporary) = (path(in: folder), path(in: folder) + ".new")
        let bytes = Array(table.text.utf8)
        guard bytes.count <= AnchorTable.limit else { throw .limit(.fileSize) }
        FileRules.remove(temporary)
        try FileRules.createEmpty(temporary)
        do throws(VaultError) {
            try fill(temporary, bytes)
            guard unsafe rename(temporary, path) == 0 else {
                throw VaultError.system(.create, path: path, errno: errno)
            }
        } catch {
            FileRules.remove(temporary)
            throw error
        }
        try FileRules.syncFolder(of: path)
    }

    private static func fill(_ path: String, _ bytes: [UInt8]) throws(VaultError) {
        let file = unsafe open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { throw .system(.open, path: path, errno: errno) }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw .system(.write, path: path, errno: written == 0 ? EIO : errno) }
            rest = rest.dropFirst(written)
        }
        guard fsync(file) == 0 else { throw .system(.sync, path: path, errno: errno) }
    }

    /// Moves what stands at `anchor` away, whatever it is, and returns its new path. Nothing is deleted.
    static func setAside(in folder: String) throws(VaultError) -> String {
        let lock = try AnchorLock(in: folder, wait: 2)
        return try withExtendedLifetime(lock) { () throws(VaultError) -> String in
            let aside = path(in: folder) + ".refused-" + (try Hexadecimal.encode(RowID.random().bytes))
            try FileRules.publish(path(in: folder), as: aside)
            return aside
        }
    }
}

/// Held by whoever writes the anchors of one folder; ends with this value.
struct AnchorLock: ~Copyable {
    private let file: Int32

    /// Throws `busy` when another process held it for so many seconds.
    init(in folder: String, wait seconds: Int) throws(VaultError) {
        let path = AnchorFile.path(in: folder) + ".lock"
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            let file = try Self.open(path)
            do throws(VaultError) {
                try Self.take(file, path, until: deadline)
                // A lock on a file that was removed meanwhile keeps out nobody who comes later.
                if try FileRules.isInPlace(file, path) {
                    self.file = file
                    return
                }
            } catch {
                close(file)
                throw error
            }
            close(file)
        }
    }

    /// Tries every millisecond. A blocking call would need a signal to end it.
    private static func take(
        _ file: Int32, _ path: String, until deadline: ContinuousClock.Instant
    ) throws(VaultError) {
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw .system(.lock, path: path, errno: errno)
            }
            guard .now < deadline else { throw .busy(holder: nil) }
            usleep(1_000)
        }
    }

    private static func open(_ path: String) throws(VaultError) -> Int32 {
        let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_CREAT
        let file = unsafe Glibc.open(path, flags, 0o600)
        guard file >= 0 else {
            if errno == ELOOP { throw .anchor(path: path, .file(.symbolicLink)) }
            throw .system(.lock, path: path, errno: errno)
        }
        do { try AnchorFile.check(file, path) } catch {
            close(file)
            throw error
        }
        return file
    }

    deinit { close(file) }
}
