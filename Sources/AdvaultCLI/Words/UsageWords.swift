/// ArgumentParser's complaint in our form: one sentence, then where to look.
enum UsageWords {
    static func explanation(message: String, full: String) -> Explanation {
        let lines = message.split(separator: "\n").map { Printable.bare(String($0)) }
        var what = lines.joined(separator: " ")
        if what.last == "." { what.removeLast() }
        return Explanation(
            "usage", .usage, what.prefix(1).lowercased() + what.dropFirst(), next: "see: \(help(in: full))")
    }

    /// The command that ArgumentParser names for more information, else the general one.
    private static func help(in full: String) -> String {
        for line in full.split(separator: "\n") where line.contains("for more information") {
            if let start = line.firstIndex(of: "'"), let end = line.lastIndex(of: "'"), start < end {
                return String(line[line.index(after: start)..<end])
            }
        }
        return "advault --help"
    }
}
