private import CSQLite
private import Glibc

/// What is made, moved and removed, never over another file.
extension FileRules {
    static func makeFolder(_ folder: String) throws(VaultError) {
        // Only a missing folder is made: one that exists keeps its mode and is judged by `checkFolder`.
        var status = stat()
        if unsafe stat(folder, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw .refusedFile(path: folder, .notRegular) }
            return
        }
        guard errno == ENOENT else { throw .system(.stat, path: folder, errno: errno) }
        let parent = split(folder).folder
        if parent != folder { try makeFolder(parent) }
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw .system(.mkdir, path: folder, errno: errno)
        }
    }

    /// Creates an empty file, 0600 whatever the umask; fails if anything stands there.
    static func createEmpty(_ path: String) throws(VaultError) {
        let file = unsafe open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(.create, path: path, errno: errno) }
        defer { close(file) }
        guard fchmod(file, 0o600) == 0 else {
            let number = errno
            remove(path)
            throw .system(.create, path: path, errno: number)
        }
    }

    /// Moves a finished file to its place, never over another, and syncs the folder.
    static func publish(_ temporary: String, as path: String) throws(VaultError) {
        try move(temporary, to: path)
        try syncFolder(of: path)
    }

    /// Gives a file another name in its folder, never over another.
    static func move(_ file: String, to path: String) throws(VaultError) {
        if unsafe advault_rename_new(file, path) == 0 { return }
        // Not every file system can; all that have hard links can do this.
        if errno == EINVAL, unsafe link(file, path) == 0 {
            unsafe unlink(file)
            return
        }
        if errno == EEXIST { throw .alreadyExists(path: path) }
        throw .system(.create, path: path, errno: errno)
    }

    /// Two files of a folder change their names in one step; false where the file system cannot.
    static func exchange(_ a: String, _ b: String) throws(VaultError) -> Bool {
        if unsafe advault_rename_exchange(a, b) == 0 { return true }
        guard errno == EINVAL || errno == ENOSYS else { throw .system(.create, path: b, errno: errno) }
        return false
    }

    /// A second name for a file, never over another.
    static func addName(_ name: String, to file: String) throws(VaultError) {
        if unsafe link(file, name) == 0 { return }
        if errno == EEXIST { throw .alreadyExists(path: name) }
        throw .system(.create, path: name, errno: errno)
    }

    /// Puts one file into another's place in one step; that one loses this name.
    static func replace(_ path: String, by file: String) throws(VaultError) {
        guard unsafe rename(file, path) == 0 else { throw .system(.create, path: path, errno: errno) }
    }

    /// What was written to the file is on the disk when this returns.
    static func sync(_ path: String) throws(VaultError) {
        let file = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { throw .system(.open, path: path, errno: errno) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw .system(.sync, path: path, errno: errno) }
    }

    static func syncFolder(of path: String) throws(VaultError) {
        let folder = unsafe open(split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .system(.sync, path: path, errno: errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .system(.sync, path: path, errno: errno) }
    }

    static func remove(_ path: String) { unsafe unlink(path) }
}
