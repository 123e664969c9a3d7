private import CSQLite

/// One open SQLite database, with the settings of FORMAT.md, SQLite and the file system.
@safe
final class Database {
    private let handle: OpaquePointer
    let path: String
    /// Statements that wait to be run again; compiling one costs more than running it.
    private var idle = unsafe [OpaquePointer?](repeating: nil, count: Recurring.count)
    /// More than so many pages SQLite does not give the file.
    var mostPages: Int64?

    enum Mode { case readOnly, readWrite }

    /// Opens a file that exists. `path`'s folder must be free of symbolic links (SQLITE_OPEN_NOFOLLOW).
    init(at path: String, _ mode: Mode) throws(VaultError) {
        var opened: OpaquePointer?
        let access = mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        let flags = access | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            let system = unsafe sqlite3_system_errno(opened)
            unsafe sqlite3_close_v2(opened)
            throw Database.error(code, path: path, system: system)
        }
        unsafe self.handle = unsafe handle
        self.path = path
        try configure()
    }

    private func configure() throws(VaultError) {
        // SQLite reads the schema before it runs anything, and looks for no page that it has been on before: a tree
        // that leads into itself is walked for longer than anyone lives.
        limitSteps(to: Self.schemaSteps)
        for (option, value) in [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
            (SQLITE_DBCONFIG_ENABLE_VIEW, 0), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
            (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
            // Until the manifest has passed, closing must not move a forged -wal into the database.
            (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1),
        ] {
            try check(unsafe advault_sqlite_flag(handle, option, Int32(value)))
        }
        unsafe sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 1 << 20)
        limitAttached(to: 0)
        waitForWriters(milliseconds: Self.usualWait)
        try execute("PRAGMA cell_size_check = 1")
        try execute("PRAGMA mmap_size = 0")
        try execute("PRAGMA secure_delete = 1")
        try execute("PRAGMA synchronous = FULL")
        try execute("PRAGMA temp_store = MEMORY")
        // Twice what SQLite lets a -wal grow to before it begins anew at its start, so that in use it is written over
        // and not cut and grown each time; whoever closes the vault last cuts it to nothing.
        try execute("PRAGMA journal_size_limit = 4194304")
        // The -wal stays when the last process closes: a reader in a read-only folder finds it.
        try check(unsafe advault_sqlite_persist_wal(handle, 1))
        try execute("SELECT 1 FROM sqlite_schema LIMIT 1")
        limitSteps(to: Self.steps)
    }

    /// How long another program that writes is waited for, in milliseconds.
    static let usualWait: Int32 = 10_000

    private(set) var waitForWriters = usualWait

    func waitForWriters(milliseconds: Int32) {
        waitForWriters = milliseconds
        // Refused for a handle that is none alone.
        _ = unsafe sqlite3_busy_timeout(handle, milliseconds)
    }

    /// Six tables take about a hundred steps of SQLite's machine.
    private static let schemaSteps: Int32 = 10_000
    /// 100,000 connections take under ten million.
    private static let steps: Int32 = 100_000_000

    /// A statement that takes about so many steps is ended.
    func limitSteps(to count: Int32) { unsafe advault_sqlite_limit_steps(handle, count) }

    /// How many other databases a statement may attach.
    func limitAttached(to count: Int32) { unsafe sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, count) }

    /// Called once the manifest has passed: from here closing may checkpoint.
    func allowCheckpointOnClose() throws(VaultError) {
        try check(unsafe advault_sqlite_flag(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0))
    }

    /// For a file that is about to be moved: its -wal and -shm go when it is closed.
    func removeWALOnClose() throws(VaultError) {
        try check(unsafe advault_sqlite_persist_wal(handle, 0))
        try allowCheckpointOnClose()
    }

    /// Copies every page as the transaction under way sees it into a database that is empty. In WAL mode nobody who
    /// writes waits for it.
    func copyPages(to target: Database) throws(VaultError) {
        // Without a journal on the disk: a copy that fails is thrown away. It syncs nothing: the caller does.
        try target.execute("PRAGMA journal_mode = MEMORY")
        try target.execute("PRAGMA synchronous = OFF")
        guard let copy = unsafe sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw unsafe Database.error(
                sqlite3_extended_errcode(target.handle), path: target.path,
                system: sqlite3_system_errno(target.handle))
        }
        let code = unsafe sqlite3_backup_step(copy, -1)
        let end = unsafe sqlite3_backup_finish(copy)
        guard code == SQLITE_DONE, end == SQLITE_OK else {
            throw unsafe Database.error(
                end == SQLITE_OK ? code : end, path: target.path, system: sqlite3_system_errno(target.handle))
        }
    }

    func execute(_ sql: String) throws(VaultError) {
        try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil))
    }

    func prepare(_ sql: String) throws(VaultError) -> Statement {
        unsafe Statement(owning: try compile(sql), of: self)
    }

    private func compile(_ sql: String) throws(VaultError) -> OpaquePointer {
        var statement: OpaquePointer?
        try check(unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
        guard let statement = unsafe statement else { throw .damaged(.sqlite(code: SQLITE_MISUSE)) }
        return unsafe statement
    }

    /// What every commit asks of one row, or of the vault's own.
    enum Recurring {
        case beginRead, beginWrite, commit, header, newestEvents, updateHeader
        case row(VaultError.Table), insert(VaultError.Table), update(VaultError.Table)

        static let count = 6 + 3 * 6

        fileprivate var place: Int {
            switch self {
            case .beginRead: 0
            case .beginWrite: 1
            case .commit: 2
            case .header: 3
            case .newestEvents: 4
            case .updateHeader: 5
            case .row(let table): 6 + table.place
            case .insert(let table): 12 + table.place
            case .update(let table): 18 + table.place
            }
        }
    }

    /// The one statement of this kind, compiled at its first use. SQLite compiles it anew when the schema changed.
    func recurring(_ kind: Recurring, _ sql: @autoclosure () -> String) throws(VaultError) -> Statement {
        if let statement = unsafe idle[kind.place] {
            unsafe idle[kind.place] = nil
            return unsafe Statement(owning: statement, of: self, as: kind)
        }
        return unsafe Statement(owning: try compile(sql()), of: self, as: kind)
    }

    /// Takes a statement back: without a read position, which would keep a transaction from ending, without the
    /// values that it was given, and with its count of steps at 0, which SQLite would carry on over all its runs.
    func keep(_ statement: OpaquePointer, as kind: Recurring) {
        unsafe sqlite3_reset(statement)
        unsafe sqlite3_clear_bindings(statement)
        unsafe sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1)
        unsafe sqlite3_finalize(idle[kind.place])
        unsafe idle[kind.place] = unsafe statement
    }

    /// Rows that the last INSERT, UPDATE or DELETE touched.
    var changes: Int { Int(unsafe sqlite3_changes(handle)) }

    func check(_ code: Int32) throws(VaultError) {
        guard code == SQLITE_OK else {
            let system = unsafe sqlite3_system_errno(handle)
            if advault_sqlite_base_code(code) == SQLITE_FULL, isAtLimit { throw .limit(.fileSize) }
            throw Database.error(code, path: path, system: system)
        }
    }

    enum Begin { case read, write }

    func begin(_ begin: Begin) throws(VaultError) {
        switch begin {
        case .read: _ = try recurring(.beginRead, "BEGIN").step()
        case .write: _ = try recurring(.beginWrite, "BEGIN IMMEDIATE").step()
        }
    }

    func commit() throws(VaultError) { _ = try recurring(.commit, "COMMIT").step() }

    /// Runs the body in one transaction; rolls back when it throws, the COMMIT included.
    func transaction<R: ~Copyable>(
        _ begin: Begin, _ body: () throws(VaultError) -> R
    ) throws(VaultError) -> R {
        try self.begin(begin)
        do {
            let result = try body()
            try commit()
            return result
        } catch {
            rollback()
            throw error
        }
    }

    /// Ends a transaction that failed. After a full disk SQLite may have rolled back already, so this says
    /// nothing of its own: the error that counts is the first.
    func rollback() { unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }

    /// Sorts SQLite's codes; texts of SQLite are never carried (they may hold parts of a hostile schema).
    ///
    /// - Parameter system: the errno that SQLite remembers; it may be another call's.
    static func error(_ code: Int32, path: String, system: Int32) -> VaultError {
        // A full disk is to be called so, whichever of SQLite's codes it comes by: EIO, EACCES, ENFILE, EMFILE, ENOSPC,
        // EROFS, EDQUOT.
        let cause = [5, 13, 23, 24, 28, 30, 122].contains(system) ? system : nil
        return sorted(code, path: path, cause: cause)
    }

    private static func sorted(_ code: Int32, path: String, cause: Int32?) -> VaultError {
        switch advault_sqlite_base_code(code) {
        // PROTOCOL: others began and ended transactions so fast that this one never got its turn.
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy(holder: nil)
        case SQLITE_NOTADB: .damaged(.notAVault)
        case SQLITE_CORRUPT, SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_FORMAT, SQLITE_CONSTRAINT:
            .damaged(.sqlite(code: code))
        case SQLITE_FULL: .system(.write, path: path, errno: 28)
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .system(.database, path: path, errno: 13)
        case SQLITE_CANTOPEN: .system(.database, path: path, errno: cause ?? 5)
        case SQLITE_IOERR: .system(.database, path: path, errno: cause ?? 5)
        case SQLITE_NOMEM: .system(.database, path: path, errno: 12)
        default: .damaged(.sqlite(code: code))
        }
    }

    deinit {
        unsafe idle.forEach { _ = unsafe sqlite3_finalize($0) }
        unsafe sqlite3_close_v2(handle)
    }
}

extension VaultError.Table {
    /// Where it stands among the six.
    fileprivate var place: Int {
        switch self {
        case .vault: 0
        case .lineage: 1
        case .slot: 2
        case .app: 3
        case .connection: 4
        case .event: 5
        }
    }
}
