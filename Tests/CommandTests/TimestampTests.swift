import AdvaultCLI
import Foundation
import Testing

@Suite("Times")
struct TimestampTests {
    @Test(
        "are RFC 3339 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ])
    func text(_ seconds: Int64, _ shown: String) { #expect(Timestamp.text(seconds) == shown) }

    @Test("agree with Foundation over 400 years")
    func agrees() {
        let formatter = ISO8601DateFormatter()
        for day in stride(from: Int64(0), to: 146_097, by: 13) {
            let seconds = day * 86_400 + day
            #expect(
                Timestamp.text(seconds)
                    == formatter.string(from: Date(timeIntervalSince1970: Double(seconds))))
        }
    }

    @Test("any 64-bit number is shown, not trapped on", arguments: [Int64.max, .min])
    func extremes(_ seconds: Int64) {
        #expect(Timestamp.text(seconds).hasSuffix("Z"))
        #expect(!Timestamp.distance(from: 0, to: seconds).isEmpty)
        #expect(!Timestamp.distance(from: .min, to: seconds).isEmpty)
    }

    @Test(
        "distances are told to the nearest unit",
        arguments: [
            (5_184_000, "in 60 days"), (5_183_998, "in 60 days"), (59, "now"), (60, "in 1 minute"),
            (3_569, "in 59 minutes"), (3_570, "in 1 hour"), (172_799, "in 48 hours"), (172_800, "in 2 days"),
            (-7_200, "2 hours ago"),
        ])
    func distance(_ seconds: Int64, _ words: String) {
        #expect(Timestamp.distance(from: 0, to: seconds) == words)
    }

    @Test("spans are typed as 90s, 5m, 12h, 7d")
    func durations() throws {
        #expect(try TimeSpan.parse("90s") == 90)
        #expect(try TimeSpan.parse("7d") == 604_800)
        for wrong in ["", "5", "m", "-5m", "5 m", "0s", "5w", "9999999999999999999d", "٣d", "+3d"] {
            #expect(throws: CommandError.argument(.duration(wrong))) { try TimeSpan.parse(wrong) }
        }
    }
}
