internal import OAuthCore

/// Fills the places in a test's URL. The query is sent as it stands: `( ) : ,` literal, a URN's colons as %3A.
enum CallTemplate {
    private static let account = "{account}"
    private static let dateRange = "{dateRange}"

    static func needsAccount(_ test: ProviderProfile.Test) -> Bool { test.url.text.contains(account) }

    /// The range is the day before and the day itself.
    static func fill(_ test: ProviderProfile.Test, today: CalendarDate, account urn: String?) -> String {
        let range = "(start:\(date(today.yesterday)),end:\(date(today)))"
        // A URN was checked to be letters, digits and colons: colons are all there is to encode.
        let encoded = (urn ?? "").split(separator: ":").joined(separator: "%3A")
        return replacing(account, by: encoded, in: replacing(dateRange, by: range, in: test.url.text))
    }

    private static func date(_ date: CalendarDate) -> String {
        "(year:\(date.year),month:\(date.month),day:\(date.day))"
    }

    private static func replacing(_ place: String, by text: String, in url: String) -> String {
        guard let range = url.firstRange(of: place) else { return url }
        return url.replacingCharacters(in: range, with: text)
    }
}

extension String {
    fileprivate func firstRange(of part: String) -> Range<Index>? {
        var from = startIndex
        while from < endIndex {
            if self[from...].hasPrefix(part) { return from..<index(from, offsetBy: part.count) }
            from = index(after: from)
        }
        return nil
    }

    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
