private import CSQLite
private import Synchronization

extension Database {
    /// Where SQLite puts temporary files is one setting of the process.
    private static let temporaryFolder = Mutex<Void>(())

    /// Rewrites the file, so that no page of it, and nothing of its -wal, holds what was sealed before.
    ///
    /// The copy that SQLite makes meanwhile lies in the vault's own folder: 0600, without a name, and as sealed as the
    /// vault. In memory it would cost the size of the file. Throws `busy` while another process reads.
    func dropFormerPages() throws(VaultError) {
        try emptyWAL()
        try inVaultFolder { () throws(VaultError) in
            try execute("VACUUM")
        }
        try emptyWAL()
    }

    /// Moves all that is committed into the file. Throws `busy` while another process reads.
    func emptyWAL() throws(VaultError) {
        let statement = try prepare("PRAGMA wal_checkpoint(TRUNCATE)")
        guard try statement.step(), statement.value(at: 0) == .integer(0) else { throw .busy(holder: nil) }
        statement.reset()
    }

    private func inVaultFolder(_ body: () throws(VaultError) -> Void) throws(VaultError) {
        let result = Self.temporaryFolder.withLock { _ -> Result<Void, VaultError> in
            do throws(VaultError) {
                try check(unsafe advault_sqlite_temporary_folder(FileRules.split(path).folder))
                defer { advault_sqlite_temporary_folder(nil) }
                try execute("PRAGMA temp_store = FILE")
                // The statement that failed is what counts; this one sets a number in memory.
                defer { try? execute("PRAGMA temp_store = MEMORY") }
                // VACUUM attaches its copy; nothing else here attaches anything.
                limitAttached(to: 1)
                defer { limitAttached(to: 0) }
                return .success(try body())
            } catch { return .failure(error) }
        }
        try result.get()
    }
}
