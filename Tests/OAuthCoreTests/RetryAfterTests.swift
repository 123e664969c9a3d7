import OAuthCore
import Testing

@Suite struct RetryAfterTests {
    /// 1994-11-06 08:49:37 UTC, the date of RFC 9110, 5.6.7.
    private let then: Int64 = 784_111_777

    @Test(arguments: [
        ("0", 0), ("120", 120), ("999999999", 999_999_999), ("9999999999999999999999", 999_999_999),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Sun, 06 Nov 1994 08:49:47 GMT", 10),
        ("Sat, 05 Nov 1994 08:49:37 GMT", 0), ("Mon, 06 Nov 1995 08:49:37 GMT", 365 * 86_400),
        ("Wed, 06 Nov 1996 08:49:37 GMT", 731 * 86_400),
    ])
    func isUnderstood(_ value: String, _ seconds: Int64) {
        #expect(RetryAfter.seconds(value, now: then) == seconds)
    }

    @Test(arguments: [
        "", "-1", "1.5", "+1", " 1", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "١",
    ])
    func isNot(_ value: String) { #expect(RetryAfter.seconds(value, now: then) == nil) }
}
