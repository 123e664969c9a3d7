/// An error in words: what failed, then what to do next.
package struct Explanation: Equatable, Sendable {
    /// A word for programs, in `--json` errors. Never changes once it was released.
    package var code: String
    package var exit: ExitStatus
    /// What failed: a sentence without its full stop. Foreign text in it is printable already.
    package var what: String
    /// What to do next; nil where nothing can be advised.
    package var next: String?
    /// Whether the same command may succeed later by itself.
    package var retryable: Bool
    /// The status of a process that a signal ended, 128 + its number, where that is not 130.
    package var signal: Int32?

    package init(
        _ code: String, _ exit: ExitStatus, _ what: String, next: String?, retryable: Bool = false
    ) {
        (self.code, self.exit, self.what, self.next, self.retryable) = (code, exit, what, next, retryable)
    }
}
