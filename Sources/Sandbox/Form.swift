import Foundation

/// `name=value` pairs of a query or a form body (application/x-www-form-urlencoded), in their order.
struct Form: Sendable {
    let pairs: [(name: String, value: String)]

    /// nil where an escape is broken or the text is not UTF-8.
    init?(_ text: String) {
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Form.decode(halves[0]),
                let value = Form.decode(halves.count > 1 ? halves[1] : "")
            else { return nil }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// A name that stands more than once (refused: RFC 6749, 3.1 and 3.2).
    var repeated: String? {
        var seen: Set<String> = []
        return pairs.first { !seen.insert($0.name).inserted }?.name
    }

    static func decode(_ text: some StringProtocol) -> String? {
        text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
    }

    /// The value as a form carries it: blanks as plus signs, all but RFC 3986's unreserved characters escaped.
    static func encode(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~ ")
        let escaped = text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
        return escaped.replacingOccurrences(of: " ", with: "+")
    }

    static func encode(_ pairs: [(String, String)]) -> String {
        pairs.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
    }
}
