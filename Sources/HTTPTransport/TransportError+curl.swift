private import CCurl

extension TransportError {
    /// Sorts libcurl's result. `connectCode` is the status that a proxy gave to CONNECT, 0 without one.
    init(code: CURLcodeNumber, started: Bool, tooLarge: Bool, connectCode: Int) {
        let reason: Reason
        if tooLarge {
            reason = .tooLarge
        } else if !started && connectCode != 0 && connectCode / 100 != 2 {
            // libcurl reports a refused CONNECT as a failed read.
            reason = .proxy
        } else {
            reason = Reason(code: code)
        }
        self = started ? .outcomeUnknown(reason) : .notSent(reason)
    }
}

/// A CURLcode without the C type, which stays in the files that import CCurl.
typealias CURLcodeNumber = UInt32

extension TransportError.Reason {
    fileprivate init(code: CURLcodeNumber) {
        switch CURLcode(code) {
        case CURLE_COULDNT_RESOLVE_HOST: self = .resolve
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: self = .proxy
        case CURLE_COULDNT_CONNECT: self = .connect
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER: self = .tls
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR: self = .certificate
        case CURLE_SSL_CACERT_BADFILE: self = .trustAnchors
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: self = .cutOff
        // The kept-alive connection died, and sending again was refused: by `Exchange.start`, or because `give`
        // does not rewind.
        case CURLE_ABORTED_BY_CALLBACK, CURLE_SEND_FAIL_REWIND: self = .cutOff
        default: self = .other(Int32(code))
        }
    }
}
