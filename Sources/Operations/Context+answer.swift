internal import HTTPTransport
internal import OAuthCore

extension Context {
    /// Sends a request that spends nothing which is kept: without an answer it may be made again.
    func answer(to request: borrowing HTTPRequest) throws(OperationError) -> HTTPAnswer {
        do { return try send(request) } catch { throw .network(error) }
    }
}
