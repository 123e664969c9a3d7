private import CCurl
internal import OAuthCore
private import Secrets

/// One transfer of libcurl: made for a request, gone after it, and with it every copy that libcurl made.
@safe
struct EasyHandle: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    private var refused: CURLcode = CURLE_OK

    init() throws(TransportError) {
        guard let handle = unsafe curl_easy_init() else { throw Self.noMemory }
        unsafe self.handle = unsafe handle
    }

    /// What holds for every request, whoever it goes to.
    mutating func secure(limits: HTTPLimits, trust: TrustAnchors) {
        set(CURLOPT_FOLLOWLOCATION, 0)
        // Were one followed after all, then to https; an empty list is refused.
        set(CURLOPT_REDIR_PROTOCOLS_STR, "https")
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        set(CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
        set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
        // A session ticket is a key that outlives its connection.
        set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        // nghttp2 keeps header tables, the authorization among them, in memory that nobody wipes.
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_PATH_AS_IS, 1)
        // What is meant for the server is not told to a proxy.
        set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // Time limits without SIGALRM: signals are the caller's.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectMilliseconds)
        note(unsafe advault_curl_set_cleansing(handle))
        setTrust(trust)
        // Never set, so off: cookies, HSTS and alt-svc files, verbose and debug output, compression, OCSP.
    }

    /// For a GET that is waited for alone: libcurl keeps its time, and its connection goes to the pool.
    mutating func keepTime(limits: HTTPLimits, connections: borrowing ConnectionPool) {
        set(CURLOPT_TIMEOUT_MS, limits.totalMilliseconds)
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_LOW_SPEED_TIME, limits.stallSeconds)
        unsafe note(advault_curl_set_pointer(handle, CURLOPT_SHARE, connections.pointer))
    }

    private mutating func setTrust(_ trust: TrustAnchors) {
        guard !trust.isSystem else { return }
        // Both are set, the one that was not named to nothing: libcurl's built-in default would stay beside it.
        for option in [CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO] { set(option, trust.file) }
        for option in [CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH] { set(option, trust.folder) }
    }

    mutating func aim(at endpoint: Endpoint, userAgent: String) {
        set(CURLOPT_URL, endpoint.url)
        set(CURLOPT_PROTOCOLS_STR, endpoint.scheme)
        set(CURLOPT_USERAGENT, userAgent)
        // Proxies are the environment's, which libcurl reads; an empty name overrules it.
        if endpoint.isLoopback { set(CURLOPT_PROXY, "") }
    }

    mutating func write(method: HTTPRequest.Method, headers: borrowing HeaderLines) {
        unsafe note(advault_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers.pointer))
        switch method {
        case .get: set(CURLOPT_HTTPGET, 1)
        case .post: set(CURLOPT_POST, 1)
        }
    }

    /// libcurl sends a request again by itself when a kept-alive connection turns out dead, and the first copy may
    /// have arrived. What may spend a token gets a connection of its own, and leaves none.
    mutating func useOwnConnection() {
        set(CURLOPT_FRESH_CONNECT, 1)
        set(CURLOPT_FORBID_REUSE, 1)
    }

    /// For a request among others that keep their connections alive: its body is given by `Exchange.give`, which
    /// gives no byte twice. `exchange` stays where it is until the transfer is removed from `exchanges`.
    mutating func prepare(
        _ exchange: UnsafeMutablePointer<Exchange>, bodySize: Int
    ) {
        // A connection that was left alone for longer may be closed by the server at the moment at which it is
        // used, and then nobody knows whether the request was seen. Servers wait 5 s and more. More than 2
        // is 3: libcurl drops what is not a whole second.
        set(CURLOPT_MAXAGE_CONN, 2)
        set(CURLOPT_POSTFIELDSIZE, bodySize)
        // The least that libcurl takes; a body is seldom longer than 2 KiB, and all of the buffer is wiped.
        set(CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10)
        unsafe note(Self.connect(handle, to: exchange))
        unsafe note(
            advault_curl_set_giver(handle) { room, _, count, exchange in
                guard let room = unsafe room, let exchange = unsafe exchange else {
                    return Int(CURL_READFUNC_ABORT)
                }
                let given = unsafe exchange.assumingMemoryBound(to: Exchange.self).pointee.give(
                    into: UnsafeMutableRawBufferPointer(start: room, count: count))
                return given ?? Int(CURL_READFUNC_ABORT)
            })
        unsafe note(advault_curl_set_pointer(handle, CURLOPT_READDATA, exchange))
    }

    /// Puts the transfer under way beside others. It must be removed again before it goes.
    borrowing func join(_ others: UnsafeMutableRawPointer?) throws(TransportError) {
        guard refused == CURLE_OK else { throw .notSent(.other(Int32(refused.rawValue))) }
        let code = unsafe curl_multi_add_handle(others, handle)
        guard code == CURLM_OK else { throw .notSent(.other(code.rawValue)) }
    }

    borrowing func leave(_ others: UnsafeMutableRawPointer?) {
        _ = unsafe curl_multi_remove_handle(others, handle)
    }

    borrowing func has(_ handle: UnsafeMutableRawPointer?) -> Bool { unsafe handle == self.handle }

    /// Sorts the result of a transfer that has ended. Returns the status.
    borrowing func result(
        _ code: CURLcodeNumber, of exchange: borrowing Exchange
    ) throws(TransportError) -> Int {
        guard CURLcode(code) == CURLE_OK else {
            throw TransportError(
                code: code, started: exchange.mayHaveActed, tooLarge: exchange.tooLarge,
                connectCode: info(CURLINFO_HTTP_CONNECTCODE))
        }
        guard exchange.headIsWhole else { throw .outcomeUnknown(.cutOff) }
        return info(CURLINFO_RESPONSE_CODE)
    }

    /// Sends and waits. A POST's body is lent by pointer; libcurl's own copy lies in its send buffer, wiped.
    ///
    /// - Parameter patience: how long a POST is waited for.
    /// - Returns: the status.
    mutating func perform(
        _ request: borrowing HTTPRequest, into exchange: inout Exchange, patience: Patience
    ) throws(TransportError) -> Int {
        let handle = unsafe self.handle
        var code = refused
        if code == CURLE_OK {
            code = unsafe withUnsafeMutablePointer(to: &exchange) { exchange in
                let code = unsafe Self.connect(handle, to: exchange)
                guard code == CURLE_OK else { return code }
                switch request.method {
                case .get: return unsafe curl_easy_perform(handle)
                case .post: return unsafe Self.post(request, on: handle, patience)
                }
            }
        }
        return try result(code.rawValue, of: exchange)
    }

    private static func post(
        _ request: borrowing HTTPRequest, on handle: UnsafeMutableRawPointer, _ patience: Patience
    ) -> CURLcode {
        switch request.body {
        case .none: return unsafe post(UnsafeRawBufferPointer(start: nil, count: 0), on: handle, patience)
        case .some(let body):
            return body.withBytes { span in
                unsafe span.withUnsafeBytes { bytes in unsafe post(bytes, on: handle, patience) }
            }
        }
    }

    private static func post(
        _ body: UnsafeRawBufferPointer, on handle: UnsafeMutableRawPointer, _ patience: Patience
    ) -> CURLcode {
        // libcurl keeps the pointer and does not write to it. Without a pointer it would ask a callback.
        let bytes = unsafe UnsafeMutableRawPointer(mutating: body.baseAddress)
        var code = unsafe advault_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
        guard code == CURLE_OK else { return code }
        if let bytes = unsafe bytes {
            code = unsafe advault_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes)
        } else {
            code = unsafe advault_curl_set_text(handle, CURLOPT_COPYPOSTFIELDS, "")
        }
        guard code == CURLE_OK else { return code }
        let line = TransferLine()
        guard unsafe curl_multi_add_handle(line.pointer, handle) == CURLM_OK else { return CURLE_FAILED_INIT }
        defer { _ = unsafe curl_multi_remove_handle(line.pointer, handle) }
        return CURLcode(line.finish(patience))
    }

    /// Lets libcurl's callbacks reach `exchange`, which lives as long as the transfer.
    private static func connect(
        _ handle: UnsafeMutableRawPointer, to exchange: UnsafeMutablePointer<Exchange>
    ) -> CURLcode {
        let codes = unsafe [
            advault_curl_set_prerequest(handle) { exchange, _, _, _, _ in
                let goOn = unsafe exchange?.assumingMemoryBound(to: Exchange.self).pointee.start() ?? false
                return goOn ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            },
            advault_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, _, count, exchange in
                unsafe Self.hand(bytes, count, to: exchange) { unsafe $0.pointee.take(body: $1) }
            },
            advault_curl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, _, count, exchange in
                unsafe Self.hand(bytes, count, to: exchange) { unsafe $0.pointee.take(header: $1) }
            },
            advault_curl_set_pointer(handle, CURLOPT_PREREQDATA, exchange),
            advault_curl_set_pointer(handle, CURLOPT_WRITEDATA, exchange),
            advault_curl_set_pointer(handle, CURLOPT_HEADERDATA, exchange),
        ]
        return codes.first { $0 != CURLE_OK } ?? CURLE_OK
    }

    /// Lends received bytes where they lie; the size of an item is always 1.
    ///
    /// - Returns: `count`, or 0, which makes libcurl give up, when `take` refused.
    private static func hand(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, to exchange: UnsafeMutableRawPointer?,
        _ take: (UnsafeMutablePointer<Exchange>, RawSpan) -> Bool
    ) -> Int {
        guard let bytes = unsafe bytes, let exchange = unsafe exchange else { return 0 }
        let span = unsafe RawSpan(_unsafeStart: bytes, byteCount: count)
        return unsafe take(exchange.assumingMemoryBound(to: Exchange.self), span) ? count : 0
    }

    private borrowing func info(_ info: CURLINFO) -> Int {
        var value = 0
        unsafe advault_curl_get_long(handle, info, &value)
        return value
    }

    private mutating func set(_ option: CURLoption, _ value: Int) {
        unsafe note(advault_curl_set_long(handle, option, value))
    }

    private mutating func set(_ option: CURLoption, _ value: String?) {
        unsafe note(advault_curl_set_text(handle, option, value))
    }

    /// An option that libcurl does not know would be a control that is silently off: the request is not sent.
    private mutating func note(_ code: CURLcode) {
        if refused == CURLE_OK { refused = code }
    }

    static var noMemory: TransportError { .notSent(.other(Int32(CURLE_OUT_OF_MEMORY.rawValue))) }

    deinit { unsafe curl_easy_cleanup(handle) }
}
