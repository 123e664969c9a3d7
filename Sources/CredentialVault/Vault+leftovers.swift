private import CSQLite

extension Vault {
    /// Names in the vault's folder: former vaults that a restore kept, and files that work which was cut off has left. A
    /// rollback journal is no leftover of ours, and refused where it is found.
    package static func leftovers(beside path: String) -> (kept: [String], unfinished: [String]) {
        guard let place = try? FileRules.resolve(path) else { return ([], []) }
        let (folder, name) = FileRules.split(place)
        let names = FileRules.names(in: folder, beginningWith: name).map {
            ($0, $0.dropFirst(name.count))
        }
        let kept = names.filter { $0.1.hasPrefix(".before-restore-") }
        let unfinished = names.filter {
            $0.1.hasPrefix(".new-") || $0.1.hasPrefix(".restoring-") || $0.1.hasPrefix(".spool.new-")
        }
        return (kept.map(\.0).sorted(), unfinished.map(\.0).sorted())
    }

    /// Of the SQLite that is loaded.
    package static var sqliteVersion: String { unsafe String(cString: sqlite3_libversion()) }
}
