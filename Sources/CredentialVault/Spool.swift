private import Glibc

/// `PATH.spool` beside the vault: places for recovery records, so that tokens that were received are on the disk
/// before the vault is touched (SECURITY.md, Spool; SAFETY "Never lose a token", 3 and 5).
///
/// A record in a place that nobody holds is a dead process's, or one whose commit failed. The file is opened when it is
/// first needed, and again when it is no longer what stands at its path.
package final class Spool {
    static let magic = Array("ADVAULT-SPOOL-1\n".utf8)
    /// Offset of the first place, in bytes.
    static let firstPlace = 4_096
    /// Bytes of a place: u32 size ‖ SHA-256(size ‖ text) ‖ text; 19 pages.
    static let placeBytes = 77_824
    /// How many requests may be under way at one time, over all processes.
    package static let places = 1_024

    static func offset(of place: Int) -> Int { firstPlace + place * placeBytes }

    private let path: String
    private var file: SpoolFile?

    /// - Parameter vault: its path. Throws `noVault`, `system`, `refusedFile`.
    package convenience init(beside vault: String) throws(VaultError) {
        self.init(besideResolved: try FileRules.resolve(vault))
    }

    init(besideResolved vault: String) { path = vault + ".spool" }

    /// nil where there is none, or one that was cut to nothing.
    private func opened() throws(VaultError) -> SpoolFile? {
        if let file, try file.isCurrent() { return file }
        file = try SpoolFile.open(path)
        return file
    }

    private func openedOrMade() throws(VaultError) -> SpoolFile {
        if let file = try opened() { return file }
        let made = try SpoolFile.openOrMake(path)
        file = made
        return made
    }

    // MARK: Taking a place

    /// A free place with its blocks on the disk. To be had before a token is spent: what fails later can then be
    /// no lack of space.
    ///
    /// Throws `busy` when every place is held for so long, `system` (a full disk: ENOSPC), `refusedFile`,
    /// `recovery(.notASpool)`.
    package func reserve(wait seconds: Int) throws(VaultError) -> SpoolPlace {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            if let place = try firstFree(openedOrMade()) { return place }
            guard .now < deadline else { throw .busy(holder: nil, .spool) }
            usleep(10_000)
        }
    }

    /// What stands in a place that nobody holds waits to be applied, and keeps it.
    private func firstFree(_ file: SpoolFile) throws(VaultError) -> SpoolPlace? {
        for number in 0..<Self.places where try file.hold(number) {
            let place = SpoolPlace(number, of: file, used: 0)
            guard try file.recordSize(number) == 0 else { continue }
            try file.allocate(number)
            return place
        }
        return nil
    }

    /// The place as it stands; nil when somebody holds it, or the spool is gone.
    ///
    /// - Parameter connection: the caller holds its lock. Whoever else holds the place of a record of it only looks at
    ///   it, and is waited for: passed over, the record's token would be taken for lost.
    ///
    /// Throws `busy` after 10 seconds.
    private func take(_ number: Int, of connection: RowID?) throws(VaultError) -> SpoolPlace? {
        let deadline = ContinuousClock.now + .seconds(10)
        while let file = try opened() {
            if try file.hold(number) { return SpoolPlace(number, of: file, used: Self.placeBytes) }
            guard let connection, case .record(let record)? = try SpoolPlace.content(number, of: file),
                record.row.id == connection
            else { return nil }
            guard .now < deadline else { throw .busy(holder: nil, .spool) }
            usleep(1_000)
        }
        return nil
    }

    // MARK: What waits

    /// Hands every record that waits to the closure, with its place held. Does nothing where there is no spool.
    ///
    /// - Parameter connection: the caller holds its lock, so its records wait for nobody else. Whoever holds the place
    ///   of one only looks at it, and is waited for.
    ///
    /// Throws `refusedFile`, `system`, `recovery(.notASpool)`, `busy`, and what the closure throws.
    package func forEachWaiting(
        of connection: RowID? = nil,
        _ body: (inout SpoolPlace, SpoolPlace.Content) throws(VaultError) -> Void
    ) throws(VaultError) {
        for number in try usedPlaces() {
            guard var place = try take(number, of: connection) else { continue }
            if let content = try place.content() { try body(&place, content) }
        }
    }

    /// Whether such a record waits, somebody else's look at it or not. Waits for nobody and changes nothing.
    package func holdsRecord(where isMeant: (RecoveryRecord) -> Bool) throws(VaultError) -> Bool {
        for number in try usedPlaces() {
            guard let file = try opened() else { return false }
            guard case .record(let record)? = try SpoolPlace.content(number, of: file) else { continue }
            if isMeant(record) { return true }
        }
        return false
    }

    /// The places that hold something, those included that others hold. What this value has taken itself was found
    /// empty, or is being looked at.
    private func usedPlaces() throws(VaultError) -> [Int] {
        guard let file = try opened() else { return [] }
        let count = max(0, (try file.size() - Self.firstPlace + Self.placeBytes - 1) / Self.placeBytes)
        var used: [Int] = []
        for number in 0..<min(count, Self.places) where !file.holds(number) {
            if try file.recordSize(number) != 0 { used.append(number) }
        }
        return used
    }

    /// What was cleared is cleared on the disk too. Before the root key is replaced: a record is sealed under the
    /// one that is being revoked.
    func sync() throws(VaultError) {
        guard let file = try opened() else { return }
        try file.sync()
    }
}
