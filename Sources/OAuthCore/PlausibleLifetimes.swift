/// Which lifetimes of an answer are believed. What is not believed is unknown: a wrong end would have a living
/// connection renewed by hand, or a dead one trusted.
package struct PlausibleLifetimes: Equatable, Sendable {
    /// Seconds.
    let access: ClosedRange<Int64>
    /// Seconds.
    let refresh: ClosedRange<Int64>
    /// The last access token is cut to the end of the consent: two lifetimes that are the same confirm each other,
    /// however short they are.
    let endTogether: Bool

    private static let day: Int64 = 86_400
    /// How far apart two lifetimes are that a server rounded.
    private static let rounding: Int64 = 60

    package init(access: ClosedRange<Int64>, refresh: ClosedRange<Int64>, endTogether: Bool) {
        (self.access, self.refresh, self.endTogether) = (access, refresh, endTogether)
    }

    /// An hour is usual for an access token; only a platform that is known to give more is held to more.
    static let usual = PlausibleLifetimes(
        access: 1...(400 * day), refresh: day...(400 * day), endTogether: false)

    /// The two as they are believed: whatever is not is nil and marked.
    func judge(access: Lifetime, refresh: Lifetime) -> (access: Lifetime, refresh: Lifetime) {
        if endTogether, let first = access.seconds, let second = refresh.seconds,
            abs(first - second) <= Self.rounding, second <= self.refresh.upperBound
        {
            return (access, refresh)
        }
        return (access.believed(in: self.access), refresh.believed(in: self.refresh))
    }
}
