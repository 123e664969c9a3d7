/// Turns the entities that LinkedIn leaves in its descriptions back into text. Decoded once, so `&amp;lt;` is
/// "&lt;"; what is no known entity stays as it is.
package enum HTMLEntities {
    private static let named: [Substring: Character] = [
        "quot": "\"", "amp": "&", "lt": "<", "gt": ">", "apos": "'", "nbsp": "\u{A0}",
    ]

    package static func decode(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var decoded = ""
        var rest = text[...]
        while let ampersand = rest.firstIndex(of: "&") {
            decoded += rest[..<ampersand]
            rest = rest[ampersand...]
            guard let (character, size) = entity(rest) else {
                decoded += "&"
                rest = rest.dropFirst()
                continue
            }
            decoded.append(character)
            rest = rest.dropFirst(size)
        }
        return decoded + rest
    }

    /// The entity at the beginning and its length in characters: at most 10, the longest being `&#x10FFFF;`.
    private static func entity(_ text: Substring) -> (Character, Int)? {
        let head = text.prefix(10)
        guard let semicolon = head.firstIndex(of: ";") else { return nil }
        let name = head[..<semicolon].dropFirst()
        let size = head.distance(from: head.startIndex, to: semicolon) + 1
        if let character = named[name] { return (character, size) }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let isHex = digits.hasPrefix("x") || digits.hasPrefix("X")
        let value = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap(Unicode.Scalar.init).map { (Character($0), size) }
    }
}
