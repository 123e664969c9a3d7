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

    /// The caller has taken hold of it.
    init(_ number: Int, of file: SpoolFile, used: Int) {
        self.file = file
        (self.number, self.used) = (number, used)
    }

    deinit { file.release(number) }

    // MARK: What stands in it

    /// nil: nothing.
    borrowing func content() throws(VaultError) -> Content? { try Self.content(number, of: file) }

    /// The same of a place that somebody else may hold.
    static func content(_ number: Int, of file: SpoolFile) throws(VaultError) -> Content? {
        let size = try file.recordSize(number)
        guard size != 0 else { return nil }
        guard size <= RecoveryRecord.maximumBytes else { return .unreadable }
        let bytes = try file.read(headerBytes + size, at: Spool.offset(of: number))
        guard bytes.count == headerBytes + size else { return .unreadable }
        let text = Array(bytes[headerBytes...])
        guard Array(bytes[..<headerBytes]) == (try header(of: text)),
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
