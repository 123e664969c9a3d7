private import CCurl

/// One connection that is kept alive, and at most one transfer on it at a time.
///
/// A libcurl handle for each, since one for all reads every answer that is there before it tells of the first.
@safe
final class TransferLine {
    /// nil when there was no memory: libcurl then refuses every request.
    let pointer: UnsafeMutableRawPointer?
    private(set) var isBusy = false
    /// Whether there is something to do on it: it was begun, or the last `wait` found so.
    private(set) var isReady = false
    /// Of its last transfer.
    private(set) var origin: String?

    init() {
        unsafe pointer = unsafe curl_multi_init()
        for option in [CURLMOPT_MAX_TOTAL_CONNECTIONS, CURLMOPT_MAXCONNECTS] {
            _ = unsafe advault_curl_multi_set_long(pointer, option, 1)
        }
    }

    func begin(origin: String) { (isBusy, isReady, self.origin) = (true, true, origin) }

    func end() { (isBusy, isReady) = (false, false) }

    /// Does what can be done now. Returns the transfer's result, once it has ended.
    func perform() -> CURLcodeNumber? {
        isReady = false
        var running: Int32 = 0
        guard unsafe curl_multi_perform(pointer, &running) == CURLM_OK else {
            return CURLE_FAILED_INIT.rawValue
        }
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(pointer, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            return unsafe message.pointee.data.result.rawValue
        }
        return nil
    }

    /// The result of a transfer that is waited for alone.
    ///
    /// libcurl's own limits look at the clock before the socket: a process that stood still would throw away an answer
    /// that came meanwhile, and with it the token that it brought.
    func finish(_ patience: Patience) -> CURLcodeNumber {
        begin(origin: "")
        while true {
            if let code = perform() { return code }
            Self.wait([self], until: patience.deadline)
            guard patience.now() >= patience.deadline else { continue }
            Self.wait([self], until: .now)
            return (isReady ? perform() : nil) ?? CURLE_OPERATION_TIMEDOUT.rawValue
        }
    }

    /// Waits until there is something to do on one of the lines.
    static func wait(_ lines: [TransferLine], until: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (until - .now).components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        let busy = lines.filter(\.isBusy)
        var pointers = unsafe busy.map { unsafe $0.pointer }
        var ready = [Bool](repeating: false, count: busy.count)
        unsafe advault_curl_multi_wait(
            &pointers, &ready, Int32(busy.count), Int32(clamping: max(milliseconds, 0) + 1))
        for (line, isReady) in zip(busy, ready) { line.isReady = isReady }
    }

    deinit { _ = unsafe curl_multi_cleanup(pointer) }
}
