extension Vault {
    /// The paths of what stands of a vault, its file first: what is to be removed to be rid of it.
    package static func files(at path: String) -> [String] {
        ["", "-wal", "-shm", ".lock", ".spool"].map { path + $0 }.filter {
            ((try? FileRules.standing($0)) ?? nil) != nil
        }
    }
}
