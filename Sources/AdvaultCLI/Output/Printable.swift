private import Operations

/// The one function that prints foreign text: what a server sent, what an unverified row holds, what was typed as
/// a name or a path.
package enum Printable {
    /// Characters shown before the rest is cut off.
    package static let limit = 200

    /// The text between double quotes, harmless on any terminal.
    package static func quoted(_ text: String, limit: Int = limit) -> String {
        "\"" + escaped(text, quote: "\"", limit: limit) + "\""
    }

    /// The text as a word in a table or a sentence: escaped alike, without the quotes.
    package static func bare(_ text: String, limit: Int = limit) -> String {
        escaped(text, quote: nil, limit: limit)
    }

    /// The text between single quotes, as the line that users of hosted connectors know has it.
    package static func singleQuoted(_ text: String) -> String { "'" + bare(text) + "'" }

    /// A name as it is typed in a shell, for commands in hints.
    package static func argument(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-@=".contains($0)) }
        if isPlain && !text.isEmpty { return text }
        return "'" + bare(text).replacing("'", with: "'\\''") + "'"
    }

    private static func escaped(_ text: String, quote: Unicode.Scalar?, limit: Int) -> String {
        var shown = ""
        for (position, scalar) in text.unicodeScalars.enumerated() {
            if position == limit { return shown + "…" }
            if scalar == quote {
                shown += "\\" + String(scalar)
            } else if Name.isPrintable(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                shown += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            }
        }
        return shown
    }
}
