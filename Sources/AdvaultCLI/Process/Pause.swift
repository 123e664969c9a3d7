internal import Glibc

/// Waiting between two requests.
enum Pause {
    /// Goes on waiting after a signal that did not end the process.
    static func milliseconds(_ milliseconds: Int) {
        var wanted = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        var left = timespec()
        while unsafe nanosleep(&wanted, &left) == -1 && errno == EINTR { wanted = left }
    }
}
