internal import ArgumentParser

/// The commands that there are, for a word that is none.
enum CommandNames {
    /// What to say of a first word that no command is called; nil when the mistake lies elsewhere.
    static func unknown(_ arguments: [String]) -> Explanation? {
        var (parent, path): (any ParsableCommand.Type, String) = (Root.self, "advault")
        for word in arguments {
            let subcommands = parent.configuration.subcommands
            guard !subcommands.isEmpty, !word.hasPrefix("-") else { return nil }
            guard let next = subcommands.first(where: { $0._commandName == word }) else {
                return explanation(of: word, among: subcommands.map { $0._commandName }, path)
            }
            (parent, path) = (next, "\(path) \(word)")
        }
        return nil
    }

    private static func explanation(of word: String, among names: [String], _ path: String) -> Explanation {
        let near = names.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
        let meant = near.flatMap { $0.1 <= 2 ? $0.0 : nil }
        return Explanation(
            "usage", .usage, "there is no command \(Printable.quoted("\(path) \(word)"))",
            next: meant.map { "did you mean: \(path) \($0)" } ?? "see: \(path) --help")
    }

    /// Letters to change, add or leave out (Levenshtein).
    private static func distance(_ a: String, _ b: String) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let change = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j + 1] + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}
