internal import Glibc

/// Waiting between two requests.
enum Pause {
    /// Goes on waiting after a signal that did not end the process.
    static func seconds(_ seconds: Int) {
        var wanted = timespec(tv_sec: seconds, tv_nsec: 0)
        var left = timespec()
        while unsafe nanosleep(&wanted, &left) == -1 && errno == EINTR { wanted = left }
    }
}
