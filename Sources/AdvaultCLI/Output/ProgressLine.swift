internal import Glibc

/// One line on stderr that is written over while a command works: on a terminal, and nowhere else.
final class ProgressLine {
    private let isWanted: Bool
    private var shown = ""

    /// - Parameter isWanted: false for a command that was told to be quiet, or answers programs.
    init(isWanted: Bool) { self.isWanted = isWanted && isatty(STDERR_FILENO) == 1 }

    func show(_ text: String) {
        guard isWanted, text != shown else { return }
        write("\r" + text + rest(after: text))
        shown = text
    }

    /// Takes it away. Whoever writes another line calls it first.
    func clear() {
        guard !shown.isEmpty else { return }
        write("\r" + rest(after: "") + "\r")
        shown = ""
    }

    /// Blanks over what was longer: not every terminal knows an escape for it.
    private func rest(after text: String) -> String {
        String(repeating: " ", count: max(0, shown.count - text.count))
    }

    private func write(_ text: String) { try? Output.write(text, to: STDERR_FILENO) }
}
