/// Scopes as answers give them: separated by spaces (RFC 6749, 3.3), by commas (LinkedIn), or an array.
enum ScopeList {
    /// What a vault's row holds at most, in bytes.
    private static let limit = 4096

    /// The scopes in their order, each once; nil where none were said. `fits` is false for what is no list of scopes.
    static func read(_ json: AnswerJSON, _ answer: borrowing HTTPAnswer) -> (scopes: [String]?, fits: Bool) {
        guard json.has(.scope, in: answer) else { return (nil, true) }
        let text: String
        if let places = json.elements(.scope, in: answer) {
            var words: [String] = []
            for place in places {
                guard let word = json.text(of: place, limit: limit + 1, in: answer) else {
                    return (nil, false)
                }
                words.append(word)
            }
            text = words.joined(separator: " ")
        } else {
            guard let string = json.text(.scope, limit: limit + 1, in: answer) else { return (nil, false) }
            text = string
        }
        guard text.utf8.count <= limit, text.utf8.allSatisfy(isAllowed) else { return (nil, false) }
        var scopes: [String] = []
        for part in text.split(whereSeparator: { $0 == " " || $0 == "," })
        where !scopes.contains(String(part)) {
            scopes.append(String(part))
        }
        return (scopes.isEmpty ? nil : scopes, true)
    }

    /// RFC 6749, appendix A.4, and the separators.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != 0x22 && byte != 0x5C
    }
}
