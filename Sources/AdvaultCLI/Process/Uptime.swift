/// A clock that nobody sets.
enum Uptime {
    private static let begun = ContinuousClock.now

    /// Milliseconds since it was first looked at.
    static func milliseconds() -> Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - begun).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
