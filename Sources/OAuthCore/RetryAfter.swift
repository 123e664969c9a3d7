/// How long a server asks to be left alone (RFC 9110, 10.2.3): a number of seconds or a date.
package enum RetryAfter {
    /// Seconds from `now` on, 0 for a date that has passed; nil for what is neither, the obsolete date formats
    /// included.
    ///
    /// - Parameters:
    ///   - value: of the header Retry-After.
    ///   - now: Unix seconds.
    package static func seconds(_ value: String, now: Int64) -> Int64? {
        if !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // Nobody waits for more than nine digits of seconds.
            return value.utf8.count > 9 ? 999_999_999 : Int64(value)
        }
        return date(value).map { max(0, $0 - now) }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// IMF-fixdate (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ value: String) -> Int64? {
        let parts = value.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0].utf8.count == 4, parts[0].last == ",", parts[5] == "GMT",
            let day = number(parts[1], digits: 2), let month = months.firstIndex(of: parts[2]),
            let year = number(parts[3], digits: 4)
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard time.count == 3, let hour = number(time[0], digits: 2), let minute = number(time[1], digits: 2),
            let second = number(time[2], digits: 2),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        return days(year, Int64(month) + 1, day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: String, digits: Int) -> Int64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }

    /// Days from 1970-01-01 in the Gregorian calendar; the year begins with March, so that the leap day is its last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let years = month > 2 ? year : year - 1
        let sinceMarch = (month + 9) % 12
        let dayOfYear = (153 * sinceMarch + 2) / 5 + day - 1
        return years * 365 + floor(years, 4) - floor(years, 100) + floor(years, 400) + dayOfYear - 719_468
    }

    private static func floor(_ number: Int64, _ by: Int64) -> Int64 {
        number >= 0 ? number / by : (number - by + 1) / by
    }
}
