/// Spans of time as they are typed and shown: `90s`, `5m`, `12h`, `7d`.
package enum TimeSpan {
    private static let units: [(Character, Int64)] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]

    /// Seconds; at least 1, at most ten years.
    package static func parse(_ text: String) throws(CommandError) -> Int64 {
        guard let unit = units.first(where: { $0.0 == text.last }),
            text.dropLast().allSatisfy(\.isASCIIDigit),
            let number = Int64(text.dropLast()), number > 0,
            case let (seconds, overflow) = number.multipliedReportingOverflow(by: unit.1), !overflow,
            seconds <= 3650 * 86_400
        else { throw .argument(.duration(text)) }
        return seconds
    }

    /// `5 minutes`, in the largest unit that leaves no rest.
    package static func words(_ seconds: Int) -> String {
        let named = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")]
        let (size, name) = named.first { seconds % $0.0 == 0 && seconds >= $0.0 } ?? (1, "second")
        let count = seconds / size
        return count == 1 ? "1 \(name)" : "\(count) \(name)s"
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
