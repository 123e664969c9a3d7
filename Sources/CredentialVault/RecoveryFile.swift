private import Glibc

/// A recovery record in a file of its own, where the spool could not be written (SAFETY "Never lose a token", 6).
package enum RecoveryFile {
    private static let prefix = "advault-"
    private static let suffix = ".recovery"

    /// Returns the path of a new file, 0600, on the disk before this returns. An existing file is never touched.
    package static func write(
        _ record: RecoveryRecord, in folder: String
    ) throws(VaultError) -> String {
        let name = prefix + (try Hexadecimal.encode(Array(RowID.random().bytes.prefix(8)))) + suffix
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

    /// The whole records of one vault in the folders' files of such a name, former versions first. A file that is not
    /// the caller's own, that others may open, or that is a link is none of ours. What cannot be read is passed over.
    package static func all(
        in folders: [String], of vault: VaultID
    ) -> [(path: String, record: RecoveryRecord)] {
        folders.flatMap { folder in
            FileRules.names(in: folder).filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.sorted()
                .map { folder + "/" + $0 }
        }.compactMap { path in
            guard let record = try? read(path), record.vault == vault else { return nil }
            return (path, record)
        }.sorted { $0.record.row.version < $1.record.row.version }
    }

    private static func read(_ path: String) throws(VaultError) -> RecoveryRecord {
        // A named pipe of that name is not waited for.
        let file = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { throw .system(.open, path: path, errno: errno) }
        defer { close(file) }
        try FileRules.checkOpen(file, path: path)
        var bytes = [UInt8](repeating: 0, count: RecoveryRecord.maximumBytes + 2)
        let got = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        guard got >= 0 else { throw .system(.read, path: path, errno: errno) }
        return try RecoveryRecord(text: String(decoding: bytes[..<got], as: UTF8.self))
    }

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
