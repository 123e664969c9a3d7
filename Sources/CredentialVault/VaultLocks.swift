private import CSQLite
private import Glibc

/// Kernel locks on `PATH.lock` (SAFETY.md, Never lose a token, step 1): the vault shared or exclusive, and each
/// connection exclusively by a byte of its own.
///
/// They are open-file-description locks: they belong to this value, not to the process, and die with it. Beside
/// each stands a POSIX lock that protects nothing and only says which process holds it, since the kernel does not
/// tell the holder of an OFD lock.
package struct VaultLocks: ~Copyable {
    private let file: Int32
    private let path: String
    /// The vault's own path, resolved.
    let vault: String
    /// Opened once for as long as the vault is held.
    package let spool: Spool
    private let held = HeldConnections()

    /// The vault for reading and for changes of single rows; any number of processes at once.
    package static func shared(
        beside path: String, wait seconds: Int
    ) throws(VaultError) -> VaultLocks {
        try holdingVault(beside: path, Int16(F_RDLCK), wait: seconds)
    }

    /// The vault alone: rotation, key change, key remove, recover.
    package static func exclusive(
        beside path: String, wait seconds: Int
    ) throws(VaultError) -> VaultLocks {
        try holdingVault(beside: path, Int16(F_WRLCK), wait: seconds)
    }

    private static func holdingVault(
        beside path: String, _ type: Int16, wait seconds: Int
    ) throws(VaultError) -> VaultLocks {
        let locks = try open(beside: path)
        try locks.take(type, at: vaultByte, wait: seconds)
        // Before the nameplate: closing any descriptor of the file drops this process's POSIX locks on it.
        try locks.probe()
        locks.show(type, at: vaultByte)
        return locks
    }

    /// Some file systems grant every lock and keep out nobody: a second holder must be refused what is held.
    private borrowing func probe() throws(VaultError) {
        let second = VaultLocks(file: try Self.openFile(path), path: path, vault: vault)
        if second.set(Int16(F_WRLCK), at: Self.vaultByte, Self.ofdSet) {
            throw .refusedFile(path: path, .locksWithoutEffect)
        }
        guard errno == EAGAIN || errno == EACCES else { throw second.fault() }
    }

    /// One connection, until as many calls of `unlock(connection:)`, or the end of this value. Throws `busy` with
    /// the holder's pid.
    package borrowing func lock(connection: RowID, wait seconds: Int) throws(VaultError) {
        let byte = Self.byte(of: connection)
        if held.counts[byte, default: 0] == 0 {
            try take(Int16(F_WRLCK), at: byte, wait: seconds)
            show(Int16(F_WRLCK), at: byte)
        }
        held.counts[byte, default: 0] += 1
    }

    package borrowing func unlock(connection: RowID) {
        let byte = Self.byte(of: connection)
        held.counts[byte, default: 1] -= 1
        guard held.counts[byte] == 0 else { return }
        held.counts[byte] = nil
        _ = set(Int16(F_UNLCK), at: byte, Self.ofdSet)
        _ = set(Int16(F_UNLCK), at: byte + Self.nameplates, Self.posixSet)
    }

    private static func open(beside path: String) throws(VaultError) -> VaultLocks {
        let vault = try FileRules.resolve(path)
        let path = vault + ".lock"
        // The folder is checked so that nobody else can put a lock file of theirs there.
        try FileRules.checkFolder(FileRules.split(path).folder)
        let locks = VaultLocks(file: try openFile(path), path: path, vault: vault)
        try FileRules.checkOpen(locks.file, path: path)
        return locks
    }

    /// Opens the lock file, or makes it: 0600 whatever the umask, or nobody could open it again.
    private static func openFile(_ path: String) throws(VaultError) -> Int32 {
        let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let made = unsafe Glibc.open(path, flags | O_CREAT | O_EXCL, 0o600)
        if made >= 0 {
            guard fchmod(made, 0o600) == 0 else {
                let error = errno
                close(made)
                throw .system(.lock, path: path, errno: error)
            }
            return made
        }
        guard errno == EEXIST else { throw .system(.lock, path: path, errno: errno) }
        let file = unsafe Glibc.open(path, flags)
        guard file >= 0 else {
            if errno == ELOOP { throw .refusedFile(path: path, .symbolicLink) }
            throw .system(.lock, path: path, errno: errno)
        }
        return file
    }

    private init(file: Int32, path: String, vault: String) {
        self.file = file
        (self.path, self.vault) = (path, vault)
        spool = Spool(besideResolved: vault)
    }

    private static let vaultByte: off_t = 0
    private static let connections: off_t = 1 << 32
    private static let nameplates: off_t = 1 << 61

    /// 2^32 + the first 60 bits of the ID: two connections share a byte once in 2^60 pairs, and then wait for
    /// each other, no more.
    private static func byte(of connection: RowID) -> off_t {
        let number = connection.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return connections + off_t(number >> 4)
    }

    // F_OFD_SETLK of <fcntl.h>; it hides behind _GNU_SOURCE, so Swift does not see it.
    static let ofdSet: Int32 = 37
    private static let posixSet = Int32(F_SETLK)

    private func set(_ type: Int16, at byte: off_t, _ command: Int32) -> Bool {
        var lock = flock()
        (lock.l_type, lock.l_whence) = (type, Int16(SEEK_SET))
        (lock.l_start, lock.l_len) = (byte, 1)
        return unsafe fcntl(file, command, &lock) == 0
    }

    /// Tries every 10 ms until the time is over. A blocking call would need a signal to end it.
    private func take(_ type: Int16, at byte: off_t, wait seconds: Int) throws(VaultError) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !set(type, at: byte, Self.ofdSet) {
            guard errno == EAGAIN || errno == EACCES || errno == EINTR else { throw fault() }
            guard .now < deadline else {
                throw .busy(holder: holder(at: byte), byte == Self.vaultByte ? .vault : .connection)
            }
            usleep(10_000)
        }
        // A lock on a file that was removed or replaced keeps out nobody who comes later.
        guard try FileRules.isInPlace(file, path) else {
            _ = set(Int16(F_UNLCK), at: byte, Self.ofdSet)
            throw .refusedFile(path: path, .lockReplaced)
        }
    }

    /// Says who holds it. Whether this succeeds changes nothing.
    private borrowing func show(_ type: Int16, at byte: off_t) {
        _ = set(type, at: byte + Self.nameplates, Self.posixSet)
    }

    /// Why the kernel gave no lock, other than that somebody holds it.
    private borrowing func fault() -> VaultError {
        switch errno {
        case ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL: .refusedFile(path: path, .noLocks)
        default: .system(.lock, path: path, errno: errno)
        }
    }

    private func holder(at byte: off_t) -> Int32? {
        var lock = flock()
        (lock.l_type, lock.l_whence) = (Int16(F_WRLCK), Int16(SEEK_SET))
        (lock.l_start, lock.l_len) = (byte + Self.nameplates, 1)
        guard unsafe fcntl(file, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK), lock.l_pid > 0 else {
            return nil
        }
        return lock.l_pid
    }

    deinit { close(file) }
}

/// How often each connection's byte is held by one value of `VaultLocks`: the kernel does not count.
private final class HeldConnections {
    var counts: [off_t: Int] = [:]
}
