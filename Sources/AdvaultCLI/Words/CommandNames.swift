internal import ArgumentParser

/// The commands that there are, for a word that is none.
enum CommandNames {
    /// What to say of a first word that no command is called; nil when the mistake lies elsewhere.
    static func unknown(_ arguments: [String]) -> Explanation? {
        var (parent, path): (any ParsableCommand.Type, String) = (Root.self, "advault")
        for word in arguments {
            let subcommands = parent.configuration.subcommands
            if parent == Root.self, word == "help" { return nil }
            guard !subcommands.isEmpty, !word.hasPrefix("-") else { return nil }
            guard let next = subcommands.first(where: { $0._commandName == word }) else {
                // `help` and its topics are words of the first place too.
                let topics = parent == Root.self ? HelpTopic.allCases.map { "help " + $0.rawValue } : []
                return explanation(of: word, among: subcommands.map { $0._commandName } + topics, path)
            }
            (parent, path) = (next, "\(path) \(word)")
        }
        return nil
    }

    private static func explanation(of word: String, among names: [String], _ path: String) -> Explanation {
        let meant = Nearness.nearest(word, among: names).first
        return Explanation(
            "usage", .usage, "there is no command \(Printable.quoted("\(path) \(word)"))",
            next: meant.map { "did you mean: \(path) \($0)" } ?? "see: \(path) --help")
    }
}
