import Foundation
import Providers
import Testing

@Suite struct CalendarDateTests {
    @Test(
        arguments: [
            (0, 1970, 1, 1), (-1, 1969, 12, 31), (951_782_399, 2000, 2, 28), (951_782_400, 2000, 2, 29),
            (1_709_164_800, 2024, 2, 29), (4_107_542_400, 2100, 3, 1), (1_793_577_599, 2026, 11, 1),
            (1_793_577_600, 2026, 11, 2),
        ] as [(Int64, Int, Int, Int)]) func isTheDay(_ seconds: Int64, _ year: Int, _ month: Int, _ day: Int)
    {
        let date = CalendarDate(unixSeconds: seconds)
        let found: [Int] = [date.year, date.month, date.day]
        #expect(found == [year, month, day] as [Int])
    }

    /// Every day of five centuries, held against Foundation's calendar.
    @Test func agreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for day in stride(from: -150_000, through: 150_000, by: 37) {
            let seconds = Int64(day) * 86_400 + 12_345
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            let date = CalendarDate(unixSeconds: seconds)
            // Before October 1582 Foundation's calendar is Julian.
            guard date.year > 1582 else { continue }
            let found: [Int] = [date.year, date.month, date.day]
            let expected: [Int] = [parts.year, parts.month, parts.day].compactMap(\.self)
            // One difference tells as much as thousands.
            try #require(found == expected)
        }
    }
}
