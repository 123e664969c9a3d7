private import Glibc

/// Whether records came into folders since they were last looked through: of a thousand connections that are refreshed
/// at once each has to know it, and a folder says by one call that nothing in it has changed.
package final class RecoveryWatch {
    private let folders: [String]
    /// When each was last changed, in nanoseconds, at a look that found no record; nil: they are looked through next time.
    private var unchanged: [Int64?]?

    package init(_ folders: [String]) { self.folders = folders }

    /// The whole records of a vault that are there now.
    package func records(of vault: VaultID) -> [RecoveryRecord] {
        let times = folders.map(FileRules.changed)
        if times == unchanged { return [] }
        let records = RecoveryFile.records(in: folders, of: vault).map(\.record)
        // Two changes within one tick of the file system's clock look like one.
        let isSettled = times.allSatisfy { $0.map { $0 < Self.now - 1_000_000_000 } ?? true }
        unchanged = records.isEmpty && isSettled ? times : nil
        return records
    }

    private static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
