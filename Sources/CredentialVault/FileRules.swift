private import CSQLite
private import Glibc

/// What a vault may stand on (SECURITY.md, SQLite and the file system). Checked before SQLite sees the path.
enum FileRules {
    /// The path with its folder resolved, so that SQLite can refuse every symbolic link that is left.
    static func resolve(_ path: String) throws(VaultError) -> String {
        let (folder, name) = split(path)
        guard !name.isEmpty, name != ".", name != ".." else { throw .refusedFile(path: path, .folder) }
        guard let resolved = unsafe realpath(folder, nil) else {
            if errno == ENOENT { throw .noVault(path: path) }
            throw .system(.stat, path: folder, errno: errno)
        }
        defer { unsafe free(resolved) }
        let real = unsafe String(cString: resolved)
        return real == "/" ? "/" + name : real + "/" + name
    }

    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = path[..<slash]
        return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
    }

    /// Checks a vault that should exist, its folder and its companions. Returns the resolved path.
    static func check(_ path: String) throws(VaultError) -> String {
        let resolved = try resolve(path)
        guard let status = try status(resolved) else { throw .noVault(path: path) }
        try checkFile(status, path: path)
        guard status.st_size <= Limits.file else { throw .damaged(.limits) }
        try checkFolder(split(resolved).folder)
        for companion in ["-wal", "-shm", ".lock", ".spool"] {
            guard let status = try self.status(resolved + companion) else { continue }
            try checkFile(status, path: path + companion)
            guard status.st_size <= (companion == "-wal" ? Limits.wal : Limits.file) else {
                throw .damaged(.limits)
            }
        }
        guard try self.status(resolved + "-journal") == nil else {
            throw .refusedFile(path: path + "-journal", .rollbackJournal)
        }
        return resolved
    }

    static func checkFolder(_ folder: String) throws(VaultError) {
        guard let status = try status(folder) else { throw .refusedFile(path: folder, .folderMissing) }
        guard status.st_uid == geteuid() else { throw .refusedFile(path: folder, .folderForeignOwner) }
        guard status.st_mode & 0o077 == 0 else { throw .refusedFile(path: folder, .folderWideMode) }
        let type = unsafe advault_file_system_type(folder)
        guard type >= 0 else { throw .system(.stat, path: folder, errno: errno) }
        guard !undependable.contains(type) else { throw .refusedFile(path: folder, .networkFileSystem) }
    }

    /// statfs(2) types whose locks another machine may not see: NFS, SMB, CIFS, SMB2, 9p, FUSE, AFS (OpenAFS and the
    /// kernel's), Ceph, Coda, NCP, Lustre, GPFS, BeeGFS, and the shared folders of VirtualBox and Parallels.
    private static let undependable: Set<Int64> = [
        0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x0102_1997, 0x6573_5546, 0x5346_414F, 0x6B41_4653,
        0x00C3_6400, 0x7375_7245, 0x564C, 0x0BD0_0BD0, 0x4750_4653, 0x1983_0326, 0x786F_4256, 0x7C7C_6673,
    ]

    private static func checkFile(_ status: stat, path: String) throws(VaultError) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFLNK: throw .refusedFile(path: path, .symbolicLink)
        case S_IFDIR: throw .refusedFile(path: path, .folder)
        default: throw .refusedFile(path: path, .notRegular)
        }
        guard status.st_uid == geteuid() else { throw .refusedFile(path: path, .foreignOwner) }
        guard status.st_nlink == 1 else { throw .refusedFile(path: path, .hardLinks) }
        guard status.st_mode & 0o077 == 0 else { throw .refusedFile(path: path, .wideMode) }
    }

    /// The same of a file that is open.
    static func checkOpen(_ file: Int32, path: String) throws(VaultError) {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw .system(.stat, path: path, errno: errno) }
        try checkFile(status, path: path)
    }

    /// Whether the open file was removed, or another was put in its place.
    static func hasNoName(_ file: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(file, &status) == 0 && status.st_nlink == 0
    }

    /// Which file it is, whatever its name.
    struct Identity {
        fileprivate let device: dev_t
        fileprivate let inode: ino_t
    }

    /// Of a file that is open. It keeps it.
    static func identity(_ file: Int32, _ path: String) throws(VaultError) -> Identity {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw .system(.stat, path: path, errno: errno) }
        return Identity(device: status.st_dev, inode: status.st_ino)
    }

    /// What stands at the path, where it still leads to this file; else nil.
    private static func status(of file: Identity, at path: String) throws(VaultError) -> stat? {
        guard let there = try status(path), there.st_dev == file.device, there.st_ino == file.inode else {
            return nil
        }
        return there
    }

    /// The file's size in bytes, where the path still leads to it and it is as `checkOpen` wants it; nil where the path
    /// leads elsewhere.
    static func checkedSize(of file: Identity, at path: String) throws(VaultError) -> Int? {
        guard let there = try status(of: file, at: path) else { return nil }
        try checkFile(there, path: path)
        return Int(there.st_size)
    }

    static func isInPlace(_ file: Identity, _ path: String) throws(VaultError) -> Bool {
        try status(of: file, at: path) != nil
    }

    /// Whether the path still leads to the file that is open.
    static func isInPlace(_ file: Int32, _ path: String) throws(VaultError) -> Bool {
        try isInPlace(identity(file, path), path)
    }

    /// lstat(2); nil when nothing is there.
    private static func status(_ path: String) throws(VaultError) -> stat? {
        var status = stat()
        if unsafe lstat(path, &status) == 0 { return status }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw .system(.stat, path: path, errno: errno)
    }

    /// What stands at a path, links not followed.
    struct Standing {
        let isFolder: Bool
        let isSymbolicLink: Bool
        /// Bytes.
        let size: Int64
        /// Device and inode: two paths with the same are one file.
        let file: [UInt64]
    }

    /// nil when nothing is there.
    static func standing(_ path: String) throws(VaultError) -> Standing? {
        guard let status = try status(path) else { return nil }
        return Standing(
            isFolder: status.st_mode & S_IFMT == S_IFDIR, isSymbolicLink: status.st_mode & S_IFMT == S_IFLNK,
            size: Int64(status.st_size), file: [UInt64(status.st_dev), UInt64(status.st_ino)])
    }

    /// Makes the folder (0700, parents too) where there is none, and refuses what already stands at `path`.
    static func prepare(_ path: String) throws(VaultError) -> String {
        try makeFolder(split(path).folder)
        let resolved = try resolve(path)
        if let status = try status(resolved) {
            guard status.st_mode & S_IFMT != S_IFDIR else { throw .refusedFile(path: path, .folder) }
            throw .alreadyExists(path: path)
        }
        // SQLite would play what another vault left there into the new one. It may be all that is left of that vault,
        // so it is not ours to remove. An empty -wal is what closing leaves.
        for companion in ["-wal", "-journal"] {
            guard let status = try status(resolved + companion), status.st_size > 0 else { continue }
            throw .alreadyExists(path: path + companion)
        }
        try checkFolder(split(resolved).folder)
        return resolved
    }

    /// The names in a folder that begin so, in no order; none where it cannot be read.
    static func names(in folder: String, beginningWith prefix: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name: String? = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    // A folder for temporary files may hold many others.
                    unsafe strncmp($0, prefix, prefix.utf8.count) == 0 ? String(cString: $0) : nil
                }
            }
            if let name { names.append(name) }
        }
        return names
    }

    /// When what stands at the path was last changed, in nanoseconds; nil where nothing stands there.
    static func changed(_ path: String) -> Int64? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    /// Whether the open file is a regular one of the caller's, which nobody else may write.
    static func isOwn(_ file: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
    }
}
