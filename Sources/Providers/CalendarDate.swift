/// A day in UTC.
package struct CalendarDate: Equatable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int

    /// The day of a moment in Unix seconds.
    package init(unixSeconds: Int64) { fatalError() }
}
