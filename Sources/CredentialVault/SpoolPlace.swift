private import Glibc
private import Secrets

/// One place of the spool, held by an open-file-description lock: the lock dies with its process, the record does not.
package struct SpoolPlace: ~Copyable {
    private let file: SpoolFile
    private let number: Int
    /// How many bytes from its beginning may be other than zero.
    private var used: Int

    package enum Content: Equatable, Sendable {
        case record(RecoveryRecord)
        /// Cut off by a loss of power, or written by somebody else. Nothing is known of it, so it is kept.
        case unreadable
    }

    private static let headerBytes = 4 + SHA256.size

    // MARK: Taking one

    /// A free place with its blocks on the disk. To be had before a token is spent: what fails later can then be
    /// no lack of space.
    ///
    /// Throws `busy` when every place is held for so long, `system` (a full disk: ENOSPC), `refusedFile`,
    /// `recovery(.notASpool)`.
    package static func reserve(beside vault: String, wait seconds: Int) throws(VaultError) -> SpoolPlace {
        let path = try Spool.path(beside: vault)
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            let file = try SpoolFile.openOrMake(path)
            if let number = try firstFree(file) {
                try file.allocate(Spool.offset(of: number), bytes: Spool.placeBytes)
                return SpoolPlace(file: file, number: number, used: 0)
            }
            guard .now < deadline else { throw .busy(holder: nil, .spool) }
            usleep(10_000)
        }
    }

    /// Held when it is found. What stands in a place that nobody holds waits to be applied, and keeps it.
    private static func firstFree(_ file: borrowing SpoolFile) throws(VaultError) -> Int? {
        for number in 0..<Spool.places where try file.hold(number) {
            if try file.recordSize(number) == 0 { return number }
            file.release(number)
        }
        return nil
    }

    /// The place as it stands; nil when somebody holds it, or the spool is gone.
    ///
    /// - Parameter connection: the caller holds its lock. Whoever else holds the place of a record of it only looks at
    ///   it, and is waited for: passed over, the record's token would be taken for lost.
    ///
    /// Throws `busy` after 10 seconds.
    static func take(
        _ number: Int, of connection: RowID? = nil, beside vault: String
    ) throws(VaultError) -> SpoolPlace? {
        let deadline = ContinuousClock.now + .seconds(10)
        while let file = try SpoolFile.open(Spool.path(beside: vault)) {
            if try file.hold(number) {
                return SpoolPlace(file: file, number: number, used: Spool.placeBytes)
            }
            let place = SpoolPlace(file: file, number: number, used: 0)
            guard let connection, case .record(let record)? = try place.content(),
                record.row.id == connection
            else { return nil }
            guard .now < deadline else { throw .busy(holder: nil, .spool) }
            usleep(1_000)
        }
        return nil
    }

    private init(file: consuming SpoolFile, number: Int, used: Int) {
        self.file = file
        (self.number, self.used) = (number, used)
    }

    // MARK: What stands in it

    /// nil: nothing.
    borrowing func content() throws(VaultError) -> Content? {
        let size = try file.recordSize(number)
        guard size != 0 else { return nil }
        guard size <= RecoveryRecord.maximumBytes else { return .unreadable }
        let bytes = try file.read(Self.headerBytes + size, at: Spool.offset(of: number))
        guard bytes.count == Self.headerBytes + size else { return .unreadable }
        let text = Array(bytes[Self.headerBytes...])
        guard Array(bytes[..<Self.headerBytes]) == (try Self.header(of: text)),
            let characters = String(validating: text, as: UTF8.self),
            let record = try? RecoveryRecord(text: characters)
        else { return .unreadable }
        return .record(record)
    }

    /// One write and one sync. When this returns, what was sealed cannot be lost by this process.
    ///
    /// Throws `system`, ESTALE where the spool was moved away, replaced or overwritten since: nothing may be taken for
    /// written then.
    package mutating func write(_ record: RecoveryRecord) throws(VaultError) {
        let text = Array(record.text.utf8)
        var bytes = try Self.header(of: text) + text
        // A shorter record over a longer one leaves nothing of it.
        bytes += Array(repeating: 0, count: max(0, used - bytes.count))
        used = bytes.count
        try file.write(bytes, at: Spool.offset(of: number))
        try file.sync()
        try file.checkName()
    }

    /// Overwrites what stands in it. Not synced: a record that comes back after a loss of power is known to be
    /// stored by its row's version, and cleared again.
    package mutating func clear() {
        guard used > 0 else { return }
        // When this fails the record comes back, as above.
        try? file.write(Array(repeating: 0, count: used), at: Spool.offset(of: number))
        used = 0
    }

    /// u32 size ‖ SHA-256(size ‖ text).
    private static func header(of text: [UInt8]) throws(VaultError) -> [UInt8] {
        var size: [UInt8] = []
        withBigEndian(UInt32(text.count), append: &size)
        return size + (try Digest.hash(size + text))
    }
}
