private import Glibc

/// A copy of a vault as one file: where it may be written, and what may be read as one.
enum CopyFile {
    private static let companions = ["-wal", "-shm", "-journal", ".lock", ".spool"]

    /// The resolved path of a backup that is to be written. Throws `copy`, `system`.
    static func place(_ file: String, of vault: String) throws(VaultError) -> String {
        guard !file.isEmpty, file != "-" else { throw .copy(path: file, .noName) }
        let resolved = try resolve(file)
        if let there = try FileRules.standing(resolved) {
            guard !there.isFolder else { throw .copy(path: file, .folder) }
            let isVault = try there.file == FileRules.standing(vault)?.file
            throw .copy(path: file, isVault ? .isTheVault : .exists)
        }
        guard !companions.contains(where: { vault + $0 == resolved }) else {
            throw .copy(path: file, .isTheVault)
        }
        // Whoever opens the copy would have what lies there played into it.
        if let left = try filledCompanion(of: resolved) { throw .copy(path: file + left, .exists) }
        return resolved
    }

    private static func resolve(_ file: String) throws(VaultError) -> String {
        let isFolder = file.hasSuffix("/") || file.hasSuffix("/.") || file == "." || file == ".."
        guard !isFolder else { throw .copy(path: file, .folder) }
        do { return try FileRules.resolve(file) } catch .noVault {
            throw .copy(path: file, .folderMissing)
        }
    }

    private static func filledCompanion(of path: String) throws(VaultError) -> String? {
        for companion in ["-wal", "-journal"] {
            if let there = try FileRules.standing(path + companion), there.size > 0 { return companion }
        }
        return nil
    }

    /// Reads a copy into a file of ours that exists and is empty, byte for byte, and syncs it. The copy may lie on a
    /// medium that cannot be written, so SQLite never sees it there.
    ///
    /// Throws `copy`, `damaged(.limits)` over 1 GiB, `system`.
    static func read(_ file: String, into own: String) throws(VaultError) {
        let source = unsafe open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard source >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw .copy(path: file, .missing) }
            throw .system(.open, path: file, errno: errno)
        }
        defer { close(source) }
        var status = stat()
        guard unsafe fstat(source, &status) == 0 else { throw .system(.stat, path: file, errno: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .copy(path: file, .folder) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .copy(path: file, .notRegular) }
        if try filledCompanion(of: file) != nil { throw .copy(path: file, .notAlone) }
        let target = unsafe open(own, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        guard target >= 0 else { throw .system(.open, path: own, errno: errno) }
        defer { close(target) }
        try copy(source, file, target, own)
        guard fsync(target) == 0 else { throw .system(.sync, path: own, errno: errno) }
    }

    private static func copy(
        _ source: Int32, _ file: String, _ target: Int32, _ own: String
    ) throws(VaultError) {
        var piece = [UInt8](repeating: 0, count: 256 << 10)
        var total: Int64 = 0
        while true {
            let got = unsafe Glibc.read(source, &piece, piece.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .system(.read, path: file, errno: errno) }
            if got == 0 { return }
            total += Int64(got)
            guard total <= Limits.file else { throw .damaged(.limits) }
            var rest = piece[..<got]
            while !rest.isEmpty {
                let put = unsafe rest.withUnsafeBytes { unsafe write(target, $0.baseAddress, $0.count) }
                if put < 0 && errno == EINTR { continue }
                guard put > 0 else { throw .system(.write, path: own, errno: put == 0 ? EIO : errno) }
                rest = rest.dropFirst(put)
            }
        }
    }

    /// Removes a file of this call's own, and what SQLite made beside it.
    static func remove(_ path: String) {
        for companion in ["", "-wal", "-shm", "-journal"] { FileRules.remove(path + companion) }
    }
}
