internal import Glibc
package import Secrets

/// What leaves the program: the answer on stdout, everything else on stderr.
///
/// Straight to write(2): no buffer of ours keeps what was printed, and a reader that went away is an error that
/// can be told instead of a signal.
package enum Output {
    /// The answer, with a line end.
    package static func answer(_ text: String) throws(CommandError) {
        try write(text + "\n", to: STDOUT_FILENO)
    }

    /// A piece of an answer that has its line ends already.
    static func answer(raw text: String) throws(CommandError) { try write(text, to: STDOUT_FILENO) }

    /// The one secret that is ever printed: what `token` was asked for.
    package static func answer(secret: borrowing SecretBytes) throws(CommandError) {
        try write(secret, to: STDOUT_FILENO)
    }

    static func write(_ secret: borrowing SecretBytes, to stream: Int32) throws(CommandError) {
        try secret.withBytes { (span) throws(CommandError) in try write(span, to: stream) }
    }

    /// `advault: …` on stderr. Nothing can be done when stderr itself is gone.
    package static func notice(_ text: String) {
        try? write("advault: \(text)\n", to: STDERR_FILENO)
    }

    /// A line of its own on stderr, without the name before it, so that it can be copied whole.
    package static func line(_ text: String) {
        try? write(text + "\n", to: STDERR_FILENO)
    }

    static func write(_ text: String, to stream: Int32) throws(CommandError) {
        let bytes = Array(text.utf8)
        try unsafe write(bytes.span.bytes, to: stream)
    }

    private static func write(_ bytes: RawSpan, to stream: Int32) throws(CommandError) {
        var failure: Int32 = 0
        unsafe bytes.withUnsafeBytes { buffer in failure = unsafe writeAll(buffer, to: stream) }
        if failure != 0 { throw .output(errno: failure) }
    }

    /// Writes on after interruptions and short writes; returns 0 or the errno that ended it.
    private static func writeAll(_ buffer: UnsafeRawBufferPointer, to stream: Int32) -> Int32 {
        var rest = unsafe buffer[...]
        while unsafe !rest.isEmpty {
            let written = unsafe Glibc.write(
                stream, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written > 0 {
                unsafe rest = unsafe rest.dropFirst(written)
            } else if written < 0 && errno == EAGAIN {
                // A terminal that somebody made non-blocking: wait until it takes more.
                var ready = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&ready, 1, -1)
            } else if written == 0 || errno != EINTR {
                return written == 0 ? EIO : errno
            }
        }
        return 0
    }
}
