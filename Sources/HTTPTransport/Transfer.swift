private import CCurl
internal import OAuthCore
private import Secrets

/// One request of `HTTPExchanges` under way: everything that libcurl points to, in one place that does not move.
@safe
final class Transfer {
    let tag: Int
    /// When it is given up. Its time begins when it is first looked at: nothing is sent that is over already.
    private(set) var deadline: ContinuousClock.Instant
    private let limit: Duration
    private var wasPerformed = false
    private let headers: HeaderLines
    private let exchange: UnsafeMutablePointer<Exchange>
    private var handle: EasyHandle
    /// Where its connection goes.
    let origin: String
    private var line: TransferLine?
    private var isRefused = false
    /// Whether the answer was taken out of `exchange`.
    private var isTaken = false

    init(
        _ request: consuming HTTPRequest, to endpoint: Endpoint, tag: Int, trust: TrustAnchors,
        userAgent: String, limits: HTTPLimits
    ) throws(TransportError) {
        let headers = try HeaderLines(request)
        let method = request.method
        let size = Self.bodySize(request)
        let exchange = try Exchange(mayRepeat: method == .get, upload: request.takeBody())
        var handle = try EasyHandle()
        handle.secure(limits: limits, trust: trust)
        handle.aim(at: endpoint, userAgent: userAgent)
        handle.write(method: method, headers: headers)
        self.tag = tag
        origin = endpoint.origin
        limit = .milliseconds(limits.totalMilliseconds)
        deadline = .now + limit
        self.headers = headers
        unsafe self.exchange = UnsafeMutablePointer<Exchange>.allocate(capacity: 1)
        unsafe self.exchange.initialize(to: exchange)
        unsafe handle.prepare(self.exchange, bodySize: method == .post ? size : 0)
        self.handle = handle
    }

    private static func bodySize(_ request: borrowing HTTPRequest) -> Int {
        switch request.body {
        case .some(let body): body.count
        case .none: 0
        }
    }

    func begin(on line: TransferLine) throws(TransportError) {
        isRefused = true
        try unsafe handle.join(line.pointer)
        isRefused = false
        line.begin(origin: origin)
        self.line = line
    }

    /// When it is to be looked at, whatever happens on its line.
    var nextLook: ContinuousClock.Instant { isRefused ? .now : deadline }

    /// Whether `perform` may find that it has ended.
    var isReady: Bool { isRefused || line?.isReady ?? false }

    /// libcurl's result, once it has ended.
    func perform() -> CURLcodeNumber? {
        if !wasPerformed { (wasPerformed, deadline) = (true, .now + limit) }
        return isRefused ? CURLE_FAILED_INIT.rawValue : line?.perform()
    }

    /// Takes it from its line and sorts what came of it. Called once.
    func end(_ code: CURLcodeNumber) -> FinishedExchange.Result {
        leave()
        do throws(TransportError) {
            let status = try unsafe handle.result(code, of: exchange.pointee)
            isTaken = true
            return unsafe .answer(exchange.move().answer(status: status))
        } catch { return .failed(error) }
    }

    private func leave() {
        guard let line else { return }
        unsafe handle.leave(line.pointer)
        line.end()
        self.line = nil
    }

    deinit {
        leave()
        if !isTaken { unsafe exchange.deinitialize(count: 1) }
        unsafe exchange.deallocate()
    }
}
