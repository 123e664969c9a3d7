private import Glibc

/// A recovery record in a file of its own, where the spool could not be written (SAFETY "Never lose a token", 6).
package enum RecoveryFile {
    /// Returns the path of a new file, 0600, on the disk before this returns. An existing file is never touched.
    package static func write(
        _ record: RecoveryRecord, in folder: String
    ) throws(VaultError) -> String {
        let name = "advault-" + (try Hexadecimal.encode(Array(RowID.random().bytes.prefix(8)))) + ".recovery"
        let path = folder + "/" + name
        try FileRules.createEmpty(path)
        do throws(VaultError) {
            try put(record.text + "\n", path)
            try FileRules.syncFolder(of: path)
        } catch {
            FileRules.remove(path)
            throw error
        }
        return path
    }

    /// What was written here and has been stored since.
    package static func remove(_ path: String) { FileRules.remove(path) }

    private static func put(_ text: String, _ path: String) throws(VaultError) {
        let file = unsafe open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { throw .system(.open, path: path, errno: errno) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        let put = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        guard put == bytes.count else {
            throw .system(.write, path: path, errno: put < 0 ? errno : ENOSPC)
        }
        guard fsync(file) == 0 else { throw .system(.sync, path: path, errno: errno) }
    }
}
