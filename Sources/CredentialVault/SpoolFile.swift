private import CSQLite
private import Glibc

/// The open spool. Each value is an open file description of its own, so that its locks keep out every other; a lock
/// that it has itself is given to nobody a second time.
final class SpoolFile {
    private let file: Int32
    private let path: String
    private let identity: FileRules.Identity
    /// The kernel grants an open file description again what it holds already.
    private var held: Set<Int> = []
    /// Places that were given their blocks through this value.
    private var allocated: Set<Int> = []

    /// nil where there is none, or one that was cut to nothing: nothing waits in it. Throws `refusedFile`, `system`, `recovery(.notASpool)`.
    static func open(_ path: String) throws(VaultError) -> SpoolFile? {
        let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let descriptor = unsafe Glibc.open(path, flags)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            if errno == ELOOP { throw .refusedFile(path: path, .symbolicLink) }
            throw .system(.open, path: path, errno: errno)
        }
        let file = try SpoolFile(descriptor, path)
        try FileRules.checkOpen(descriptor, path: path)
        if try file.size() == 0 { return nil }
        guard try file.read(Spool.magic.count, at: 0) == Spool.magic else {
            throw .recovery(.notASpool(path: path))
        }
        return file
    }

    /// The spool, made where there is none: whole before it has its name, the name on the disk before it is used.
    static func openOrMake(_ path: String) throws(VaultError) -> SpoolFile {
        while true {
            if let file = try open(path) { return file }
            if try beginAnew(path) { continue }
            let temporary = path + ".new-" + (try Hexadecimal.encode(RowID.random().bytes))
            try FileRules.createEmpty(temporary)
            do throws(VaultError) {
                try write(Spool.magic, toNew: temporary)
                try FileRules.publish(temporary, as: path)
            } catch {
                FileRules.remove(temporary)
                // Another process was quicker: that one is taken.
                guard case .alreadyExists = error else { throw error }
            }
        }
    }

    /// One that was cut to nothing is given its beginning again; whoever else does it writes the same. Returns false
    /// where there is none.
    private static func beginAnew(_ path: String) throws(VaultError) -> Bool {
        do throws(VaultError) {
            try write(Spool.magic, toNew: path)
            return true
        } catch .system(.open, path: _, errno: ENOENT) { return false }
    }

    private static func write(_ bytes: [UInt8], toNew path: String) throws(VaultError) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(.open, path: path, errno: errno) }
        let file = try SpoolFile(descriptor, path)
        try file.allocate(0..<Spool.offset(of: 1))
        try file.write(bytes, at: 0)
        guard fsync(descriptor) == 0 else { throw .system(.sync, path: path, errno: errno) }
    }

    /// Takes over the descriptor.
    private init(_ file: Int32, _ path: String) throws(VaultError) {
        (self.file, self.path) = (file, path)
        do { identity = try FileRules.identity(file, path) } catch {
            close(file)
            throw error
        }
    }

    deinit { close(file) }

    /// Whether opening the path again would give this file, and a spool.
    func isCurrent() throws(VaultError) -> Bool {
        guard let size = try FileRules.checkedSize(of: identity, at: path), size > 0 else { return false }
        return try read(Spool.magic.count, at: 0) == Spool.magic
    }

    // MARK: Places

    /// Whether the place was nobody's and is the caller's now, until `release` or this value's end.
    func hold(_ place: Int) throws(VaultError) -> Bool {
        guard !held.contains(place), try lock(Int16(F_WRLCK), place) else { return false }
        held.insert(place)
        return true
    }

    /// Whether it is this value's already.
    func holds(_ place: Int) -> Bool { held.contains(place) }

    func release(_ place: Int) {
        _ = try? lock(Int16(F_UNLCK), place)
        held.remove(place)
    }

    private func lock(_ type: Int16, _ place: Int) throws(VaultError) -> Bool {
        var lock = flock()
        (lock.l_type, lock.l_whence) = (type, Int16(SEEK_SET))
        (lock.l_start, lock.l_len) = (off_t(Spool.offset(of: place)), 1)
        while unsafe fcntl(file, VaultLocks.ofdSet, &lock) != 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN, EACCES: return false
            default: throw .system(.lock, path: path, errno: errno)
            }
        }
        return true
    }

    /// Size of the text in a place as it says, in bytes; 0: the place is free, or no block was given to it yet.
    func recordSize(_ place: Int) throws(VaultError) -> Int {
        var size: UInt32 = 0
        let got = try unsafe read(into: &size, 4, at: Spool.offset(of: place))
        return got < 4 ? 0 : Int(UInt32(bigEndian: size))
    }

    /// Gives the place its blocks on the disk, so that writing to it later needs none. They are not asked for again
    /// while all of the file has its blocks.
    func allocate(_ place: Int) throws(VaultError) {
        let bytes = Spool.offset(of: place)..<Spool.offset(of: place + 1)
        if allocated.contains(place), try isAllocated(to: bytes.upperBound) { return }
        try allocate(bytes)
        allocated.insert(place)
    }

    /// Whether there are so many bytes, and no hole in the file.
    private func isAllocated(to end: Int) throws(VaultError) -> Bool {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw .system(.stat, path: path, errno: errno) }
        return status.st_size >= end && Int(status.st_blocks) * 512 >= status.st_size
    }

    private func allocate(_ bytes: Range<Int>) throws(VaultError) {
        var code = EINTR
        while code == EINTR { code = posix_fallocate(file, off_t(bytes.lowerBound), off_t(bytes.count)) }
        guard code == 0 else { throw .system(.write, path: path, errno: code) }
    }

    // MARK: Bytes

    func size() throws(VaultError) -> Int {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw .system(.stat, path: path, errno: errno) }
        return Int(status.st_size)
    }

    /// At most so many: fewer at the end of the file.
    func read(_ count: Int, at offset: Int) throws(VaultError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try unsafe read(into: &bytes, count, at: offset)
        return got == count ? bytes : Array(bytes.prefix(got))
    }

    private func read(
        into bytes: UnsafeMutableRawPointer, _ count: Int, at offset: Int
    ) throws(VaultError) -> Int {
        var got = -1
        repeat {
            got = unsafe pread(file, bytes, count, off_t(offset))
        } while got < 0 && errno == EINTR
        guard got >= 0 else { throw .system(.read, path: path, errno: errno) }
        return got
    }

    /// In one call: what a short write leaves is no record.
    func write(_ bytes: [UInt8], at offset: Int) throws(VaultError) {
        var put = -1
        repeat {
            put = unsafe bytes.withUnsafeBytes {
                unsafe pwrite(file, $0.baseAddress, $0.count, off_t(offset))
            }
        } while put < 0 && errno == EINTR
        guard put >= 0 else { throw .system(.write, path: path, errno: errno) }
        guard put == bytes.count else { throw .system(.write, path: path, errno: ENOSPC) }
    }

    /// What was written is found again only by the name, and only in what is a spool. One that was cut meanwhile has
    /// zeros where its beginning was, and gets it again.
    func checkName() throws(VaultError) {
        guard try FileRules.isInPlace(identity, path) else { throw .system(.open, path: path, errno: ESTALE) }
        let found = try read(Spool.magic.count, at: 0)
        if found == Spool.magic { return }
        guard zip(found, Spool.magic).allSatisfy({ $0 == $1 || $0 == 0 }) else {
            throw .system(.open, path: path, errno: ESTALE)
        }
        try write(Spool.magic, at: 0)
        try sync()
    }

    func sync() throws(VaultError) {
        guard fdatasync(file) == 0 else { throw .system(.sync, path: path, errno: errno) }
    }
}
