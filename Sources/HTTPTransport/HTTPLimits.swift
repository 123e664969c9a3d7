/// How long one request may take and how much may come back. `standard` is what the product runs with.
package struct HTTPLimits: Equatable, Sendable {
    /// Name, TCP and TLS together, in milliseconds.
    package var connectMilliseconds = 10_000
    /// The whole exchange, in milliseconds.
    package var totalMilliseconds = 30_000
    /// How long fewer than one byte a second may move before a GET is given up, in seconds. The answer to a POST may be
    /// slow: a token may have been spent for it.
    package var stallSeconds = 15
    /// Size of the body in bytes, and, counted apart, of the header lines. Fixed: a block of the secure heap.
    package static let answerBytes = 65_536

    package init() {}

    package static let standard = HTTPLimits()
}
