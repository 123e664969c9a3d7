/// An error in words: what failed, then what to do next.
package struct Explanation: Equatable, Sendable {
    /// A word for programs, in `--json` errors. Never changes once it was released.
    package var code: String
    package var exit: ExitStatus
    /// What failed: a sentence without its full stop. Foreign text in it is printable already.
    package var what: String
    /// What to do next; nil where nothing failed, or where it was said before.
    package var next: String?
    /// Whether the same command may succeed later by itself.
    package var retryable: Bool
    /// The process's status where it is another than `exit`: 128 + its number after a signal, or a command's own
    /// (`CommandStatus`).
    package var status: Int32?

    /// Nothing failed.
    init(done what: String) {
        (code, exit, self.what, next, retryable) = ("ok", .done, what, nil, false)
    }

    static let runAgain = "to go on, run the command again"

    package init(
        _ code: String, _ exit: ExitStatus, _ what: String, next: String, retryable: Bool = false
    ) {
        (self.code, self.exit, self.what, self.next, self.retryable) = (code, exit, what, next, retryable)
    }
}

/// Thrown where the words need more than the error itself: the connection that a hint names.
extension Explanation: Error {}
