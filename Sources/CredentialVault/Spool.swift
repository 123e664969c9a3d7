/// `PATH.spool` beside the vault: places for recovery records, so that tokens that were received are on the disk
/// before the vault is touched (SECURITY.md, Spool; SAFETY "Never lose a token", 3 and 5).
///
/// A record in a place that nobody holds is a dead process's, or one whose commit failed.
package enum Spool {
    static let magic = Array("ADVAULT-SPOOL-1\n".utf8)
    /// Offset of the first place, in bytes.
    static let firstPlace = 4_096
    /// Bytes of a place: u32 size ‖ SHA-256(size ‖ text) ‖ text; 19 pages.
    static let placeBytes = 77_824
    /// How many requests may be under way at one time, over all processes.
    package static let places = 1_024

    static func path(beside vault: String) throws(VaultError) -> String {
        try FileRules.resolve(vault) + ".spool"
    }

    static func offset(of place: Int) -> Int { firstPlace + place * placeBytes }

    /// Hands every record that waits to the closure, with its place held. Does nothing where there is no spool.
    ///
    /// - Parameter connection: the caller holds its lock, so its records wait for nobody else. Whoever holds the place
    ///   of one only looks at it, and is waited for.
    ///
    /// Throws `refusedFile`, `system`, `recovery(.notASpool)`, `busy`, and what the closure throws.
    package static func forEachWaiting(
        beside vault: String, of connection: RowID? = nil,
        _ body: (inout SpoolPlace, SpoolPlace.Content) throws(VaultError) -> Void
    ) throws(VaultError) {
        for number in try usedPlaces(beside: vault) {
            guard var place = try SpoolPlace.take(number, of: connection, beside: vault) else { continue }
            if let content = try place.content() { try body(&place, content) }
        }
    }

    /// The places that hold something, those that are held included.
    private static func usedPlaces(beside vault: String) throws(VaultError) -> [Int] {
        guard let file = try SpoolFile.open(path(beside: vault)) else { return [] }
        let count = max(0, (try file.size() - firstPlace + placeBytes - 1) / placeBytes)
        var used: [Int] = []
        for number in 0..<min(count, places) where try file.recordSize(number) != 0 { used.append(number) }
        return used
    }

    /// What was cleared is cleared on the disk too. Before the root key is replaced: a record is sealed under the
    /// one that is being revoked.
    static func sync(beside vault: String) throws(VaultError) {
        guard let file = try SpoolFile.open(path(beside: vault)) else { return }
        try file.sync()
    }
}
