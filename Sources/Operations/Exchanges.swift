package import HTTPTransport
package import OAuthCore

/// Several requests in flight at once, as an operation sees them (`HTTPExchanges`).
package struct Exchanges {
    package typealias Add = (consuming HTTPRequest, _ tag: Int) throws(TransportError) -> Void

    /// Puts a request under way.
    package let add: Add
    /// What has ended; waits at most so many milliseconds for it.
    package let next: (_ milliseconds: Int) -> FinishedExchange?

    package init(add: @escaping Add, next: @escaping (_ milliseconds: Int) -> FinishedExchange?) {
        (self.add, self.next) = (add, next)
    }
}
