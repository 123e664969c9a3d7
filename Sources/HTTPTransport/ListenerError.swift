/// Why the browser's way back cannot be listened to, or did not come.
package enum ListenerError: Error, Equatable, Sendable {
    /// Another program holds the redirect URI's port, on one of the addresses that browsers try.
    case portTaken(Int)
    /// The redirect URI is not http on a loopback address: nothing here can receive it.
    case notLoopback
    /// The provider's address holds bytes that no URL has; it cannot be put into a header.
    case malformedAuthorizeURL
    /// Nothing acceptable came in this many seconds.
    case timedOut(seconds: Int)
    /// A signal came that the caller held back; nothing acceptable had come before.
    case interrupted(signal: Int32)
    /// No random bytes, or no secure memory.
    case secrets
    /// A system call failed; the payload is its errno.
    case system(Int32)
}
