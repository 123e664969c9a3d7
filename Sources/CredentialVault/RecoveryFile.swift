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
        // Under the name that is looked for it is whole from the first: somebody may look for it now.
        let unfinished = path + ".new"
        try FileRules.createEmpty(unfinished)
        do throws(VaultError) {
            try put(record.text + "\n", unfinished)
            try FileRules.publish(unfinished, as: path)
        } catch {
            FileRules.remove(unfinished)
            throw error
        }
        return path
    }

    /// What was written here and has been stored since.
    package static func remove(_ path: String) { FileRules.remove(path) }

    /// What stands in a file of such a name.
    package enum Found: Equatable, Sendable {
        /// Of the vault that was asked for.
        case record(RecoveryRecord)
        /// No whole record: whose it is nobody knows.
        case unreadable
    }

    /// The folders' files of such a name that are the caller's own and that nobody else may write, former versions of a
    /// row first. Links are followed nowhere; records of other vaults are left out.
    package static func all(in folders: [String], of vault: VaultID) -> [(path: String, found: Found)] {
        var seen: Set<[UInt64]> = []
        var all: [(path: String, found: Found)] = []
        for folder in folders {
            for name in FileRules.names(in: folder, beginningWith: prefix).sorted()
            where name.hasSuffix(suffix) {
                let path = folder + "/" + name
                // One folder may be named twice.
                guard let found = read(path, of: vault), let standing = try? FileRules.standing(path),
                    seen.insert(standing.file).inserted
                else { continue }
                all.append((path, found))
            }
        }
        return all.sorted { version($0.found) < version($1.found) }
    }

    /// The whole records alone.
    package static func records(
        in folders: [String], of vault: VaultID
    ) -> [(path: String, record: RecoveryRecord)] {
        all(in: folders, of: vault).compactMap { path, found in
            if case .record(let record) = found { (path, record) } else { nil }
        }
    }

    private static func version(_ found: Found) -> Int64 {
        if case .record(let record) = found { record.row.version } else { 0 }
    }

    private static func read(_ path: String, of vault: VaultID) -> Found? {
        // A named pipe of that name is not waited for.
        let file = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard FileRules.isOwn(file) else { return nil }
        var bytes = [UInt8](repeating: 0, count: RecoveryRecord.maximumBytes + 2)
        let got = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        guard got >= 0 else { return nil }
        guard let record = try? RecoveryRecord(text: String(decoding: bytes[..<got], as: UTF8.self)) else {
            return .unreadable
        }
        return record.vault == vault ? .record(record) : nil
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
