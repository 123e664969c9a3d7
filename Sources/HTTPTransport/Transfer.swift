private import CCurl
internal import OAuthCore
private import Secrets

/// One request of `HTTPExchanges` under way: everything that libcurl points to, in one place that does not move.
@safe
final class Transfer {
    let tag: Int
    /// When it is given up.
    let deadline: ContinuousClock.Instant
    private let headers: HeaderLines
    private let exchange: UnsafeMutablePointer<Exchange>
    private var handle: EasyHandle
    private var group: TransferGroup?
    /// Whether the answer was taken out of `exchange`.
    private var isTaken = false

    init(
        _ request: consuming HTTPRequest, tag: Int, trust: TrustAnchors, userAgent: String, limits: HTTPLimits
    ) throws(TransportError) {
        let endpoint = try Endpoint(request.url)
        let headers = try HeaderLines(request)
        let method = request.method
        let size = Self.bodySize(request)
        let exchange = try Exchange(mayRepeat: method == .get, upload: request.takeBody())
        var handle = try EasyHandle()
        handle.secure(limits: limits, trust: trust)
        handle.aim(at: endpoint, userAgent: userAgent)
        handle.write(method: method, headers: headers)
        self.tag = tag
        deadline = .now + .milliseconds(limits.totalMilliseconds)
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

    func begin(among group: TransferGroup) throws(TransportError) {
        try unsafe handle.join(group.pointer)
        self.group = group
    }

    func has(_ handle: UnsafeMutableRawPointer?) -> Bool { unsafe self.handle.has(handle) }

    /// Takes it out of the group and sorts what came of it. Called once.
    func end(_ code: CURLcodeNumber) -> FinishedExchange.Result {
        leave()
        do throws(TransportError) {
            let status = try unsafe handle.result(code, of: exchange.pointee)
            isTaken = true
            return unsafe .answer(exchange.move().answer(status: status))
        } catch { return .failed(error) }
    }

    private func leave() {
        if let group { unsafe handle.leave(group.pointer) }
        group = nil
    }

    deinit {
        leave()
        if !isTaken { unsafe exchange.deinitialize(count: 1) }
        unsafe exchange.deallocate()
    }
}

/// libcurl's handle of a group of transfers, with the connections that they share.
@safe
final class TransferGroup {
    /// nil when there was no memory: libcurl then refuses every request.
    let pointer: UnsafeMutableRawPointer?

    init(connections: Int) {
        unsafe pointer = unsafe curl_multi_init()
        for option in [CURLMOPT_MAX_TOTAL_CONNECTIONS, CURLMOPT_MAXCONNECTS] {
            _ = unsafe advault_curl_multi_set_long(pointer, option, connections)
        }
    }

    /// Whether libcurl can go on at all.
    func perform() -> Bool {
        var running: Int32 = 0
        return unsafe curl_multi_perform(pointer, &running) == CURLM_OK
    }

    /// One that has ended, with libcurl's result.
    func ended(of transfers: [Transfer]) -> (Int, CURLcodeNumber)? {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(pointer, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            let handle = unsafe message.pointee.easy_handle
            if let at = transfers.firstIndex(where: { unsafe $0.has(handle) }) {
                return unsafe (at, message.pointee.data.result.rawValue)
            }
        }
        return nil
    }

    /// Waits for something to happen on a connection.
    func wait(until: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (until - .now).components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        _ = unsafe curl_multi_poll(pointer, nil, 0, Int32(clamping: max(milliseconds, 0) + 1), nil)
    }

    deinit { _ = unsafe curl_multi_cleanup(pointer) }
}
