/// A person's yes to something that cannot be undone.
enum Consent {
    /// Asks on the terminal, unless `--yes` was given. Without a terminal nothing is taken for a yes.
    static func given(_ question: String, yes: Bool) throws(CommandError) -> Bool {
        if yes { return true }
        switch Terminal() {
        case .some(let terminal): return try terminal.confirm(question)
        case .none: throw .noTerminal(.consent)
        }
    }
}
