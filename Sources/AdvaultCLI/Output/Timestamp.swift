/// Points in time as they are printed: RFC 3339, UTC, seconds, `Z`.
package enum Timestamp {
    private static let secondsPerDay: Int64 = 86_400

    /// `2026-11-24T02:14:00Z` for Unix seconds.
    package static func text(_ seconds: Int64) -> String {
        let day = floorDivide(seconds, secondsPerDay)
        // The remainder first: day * secondsPerDay may lie below the smallest number there is.
        let second = (seconds % secondsPerDay + secondsPerDay) % secondsPerDay
        return dayText(day) + "T" + pad(second / 3600, 2) + ":" + pad(second / 60 % 60, 2) + ":"
            + pad(second % 60, 2) + "Z"
    }

    /// The date alone, for tables: `2026-11-24`.
    package static func date(_ seconds: Int64) -> String { dayText(floorDivide(seconds, secondsPerDay)) }

    /// How far away a moment is, in words a person uses: `in 59 days`, `3 hours ago`, `now`.
    package static func distance(from now: Int64, to moment: Int64) -> String {
        let (apart, overflow) = moment.subtractingReportingOverflow(now)
        let size = overflow || apart == .min ? Int64.max : abs(apart)
        let amount: String
        switch size {
        case 0..<60: return "now"
        // To the nearest: 60 days less a second are 60 days.
        case 60..<3570: amount = count((size + 30) / 60, "minute")
        case 3570..<(2 * secondsPerDay): amount = count((size + 1800) / 3600, "hour")
        default: amount = count(size / secondsPerDay + (size % secondsPerDay) / (secondsPerDay / 2), "day")
        }
        return moment > now ? "in \(amount)" : "\(amount) ago"
    }

    private static func count(_ number: Int64, _ unit: String) -> String {
        number == 1 ? "1 \(unit)" : "\(number) \(unit)s"
    }

    /// Civil date from days since 1970-01-01, by eras of 400 years that begin on the first of March, so that the
    /// leap day is the last of a year (Hinnant, "chrono-compatible low-level date algorithms").
    private static func dayText(_ day: Int64) -> String {
        let shifted = day + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(dayOfYear - (153 * marchMonth + 2) / 5 + 1, 2)
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        a >= 0 ? a / b : -((-(a + 1)) / b) - 1
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
