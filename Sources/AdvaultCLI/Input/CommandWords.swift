/// The words of a command that is run without a shell.
///
/// Blanks (space, tab, line end) part words. Single and double quotes hold blanks together and are taken off, also
/// within a word: `a"b c"d` is `ab cd`, and `""` is an empty word. Inside one kind of quotes the other is an ordinary
/// character. Nothing else means anything: no backslash, no `$`, no `~`, no `*`, no pipe.
enum CommandWords {
    enum Fault: Equatable, Sendable { case empty, openQuote }

    static func split(_ text: String) -> Result<[String], Fault> {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var quote: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch (quote, scalar) {
            case (.some(let open), scalar) where scalar == open: quote = nil
            case (.some, _): word?.append(scalar)
            case (nil, "'"), (nil, "\""):
                quote = scalar
                word = word ?? .init()
            case (nil, " "), (nil, "\t"), (nil, "\n"), (nil, "\r"):
                if let word { words.append(String(word)) }
                word = nil
            case (nil, _):
                word = word ?? .init()
                word?.append(scalar)
            }
        }
        if quote != nil { return .failure(.openQuote) }
        if let word { words.append(String(word)) }
        return words.first?.isEmpty ?? true ? .failure(.empty) : .success(words)
    }
}

extension CommandWords.Fault: Error {}
