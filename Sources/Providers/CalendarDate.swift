/// A day in UTC, Gregorian.
package struct CalendarDate: Equatable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int
    private let daysSince1970: Int64

    private static let secondsPerDay: Int64 = 86_400

    /// The day of a moment in Unix seconds.
    package init(unixSeconds: Int64) {
        let (days, rest) = unixSeconds.quotientAndRemainder(dividingBy: Self.secondsPerDay)
        // Division goes towards zero; a day before 1970 goes the other way.
        self.init(daysSince1970: rest < 0 ? days - 1 : days)
    }

    /// The day before.
    package var yesterday: CalendarDate { CalendarDate(daysSince1970: daysSince1970 - 1) }

    /// Counts in eras of 400 years, 146,097 days, from 1 March of year 0, so that a leap day is a year's last.
    private init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        daysSince1970 = days
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))
    }
}
