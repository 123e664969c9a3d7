internal import OAuthCore
internal import Secrets

/// What libcurl's callbacks write while one request is under way.
struct Exchange: ~Copyable {
    private static let kept = ["content-type", "retry-after", "x-li-uuid", "x-li-request-id"]

    private let mayRepeat: Bool
    /// The request's body, where libcurl asks for it piece by piece.
    private let upload: SecretBytes?
    /// How many bytes of it libcurl was given.
    private var given = 0
    private var body: SecretBuffer
    private var headers: [HTTPHeader] = []
    private var headerBytes = 0
    /// Whether the empty line after the headers came: libcurl takes a head that was cut off for a whole answer.
    private(set) var headIsWhole = false
    /// Whether libcurl was let through to the request itself: from then on bytes may have left.
    private(set) var started = false
    /// Whether the answer was cut off because it is over the limit.
    private(set) var tooLarge = false

    /// - Parameters:
    ///   - mayRepeat: whether a second try by libcurl itself does no harm.
    ///   - upload: a body that is given by `give`, not lent by pointer.
    init(mayRepeat: Bool, upload: consuming SecretBytes? = nil) throws(TransportError) {
        self.mayRepeat = mayRepeat
        self.upload = upload
        // The whole block at once, before anything leaves: an answer that came for a spent token must find room.
        do {
            body = try SecretBuffer(limit: HTTPLimits.answerBytes, reserving: HTTPLimits.answerBytes)
        } catch { throw .notSent(.outOfSecureMemory) }
    }

    /// libcurl asks this after name, TCP, proxy and TLS, and before it writes the first byte of the request
    /// (`CURLOPT_PREREQFUNCTION`).
    ///
    /// It makes "not sent" certain: while `started` is false the request's bytes were never handed to the
    /// connection. The numbers of `curl_easy_getinfo` do not: PRETRANSFER is set after the first write, and
    /// REQUEST_SIZE counts a proxy's CONNECT and leaves out a TLS record that was written in part. From here on
    /// everything is doubt, so it counts as sent although the first write may still fail.
    ///
    /// - Returns: whether to go on. libcurl repeats a request by itself when a kept-alive connection turns out
    ///   dead; a refresh token must not be sent twice, so the second time is refused.
    mutating func start() -> Bool {
        if started && !mayRepeat { return false }
        started = true
        return true
    }

    /// Whether the other side can have acted on the request. A body that is given piece by piece is what can be
    /// spent: before its first byte was given, nothing of it left, whatever became of the header lines.
    var mayHaveActed: Bool {
        switch upload {
        case .some(let upload): upload.count > 0 ? given > 0 : started
        case .none: started
        }
    }

    /// Gives libcurl the next piece of the body, each byte once.
    ///
    /// - Returns: how many bytes were written into `room`; nil when there are none left. libcurl knows the size, so
    ///   it asks again only to send the request a second time, and is refused.
    mutating func give(into room: UnsafeMutableRawBufferPointer) -> Int? {
        let from = given
        let count: Int
        switch upload {
        case .some(let upload):
            count = min(room.count, upload.count - from)
            upload.withBytes { span in
                unsafe span.withUnsafeBytes { bytes in
                    unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[from..<from + count]))
                }
            }
        case .none: count = 0
        }
        given += count
        return count > 0 ? count : nil
    }

    /// Takes a piece of the body; refuses what goes over 64 KiB.
    mutating func take(body piece: RawSpan) -> Bool {
        do { try body.append(piece) } catch {
            // The block was allocated whole, so the limit is the only thing that can refuse.
            tooLarge = true
            return false
        }
        return true
    }

    /// Takes one header line, its line end included.
    mutating func take(header line: RawSpan) -> Bool {
        headerBytes += line.byteCount
        guard headerBytes <= HTTPLimits.answerBytes else {
            tooLarge = true
            return false
        }
        // A status line starts another answer: what an interim one (100, 103) said is not this one's.
        if line.byteCount >= 5, line.equals(0..<5, "HTTP/") {
            headers.removeAll()
            headIsWhole = false
        }
        let end = line.byteCount
        if end == 2 && line.equals(0..<2, "\r\n") || end == 1 && line[0] == 0x0A { headIsWhole = true }
        if let header = Self.kept(line) { headers.append(header) }
        return true
    }

    consuming func answer(status: Int) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: headers, body: body.finish())
    }

    /// One of those that the core reads; the others are not made into text.
    private static func kept(_ line: RawSpan) -> HTTPHeader? {
        guard let colon = (0..<line.byteCount).first(where: { line[$0] == 0x3A }) else { return nil }
        guard let name = kept.first(where: { line.isName(0..<colon, $0) }) else { return nil }
        var value = (colon + 1)..<line.byteCount
        while let last = value.last, line[last] == 0x0D || line[last] == 0x0A {
            value = value.lowerBound..<last
        }
        value = line.trimmed(value)
        return HTTPHeader(name, String(decoding: value.map { line[$0] }, as: UTF8.self))
    }
}

extension RawSpan {
    /// Whether the bytes of `range` are a header's name, in whatever case; `name` is in lower case.
    fileprivate func isName(_ range: Range<Int>, _ name: String) -> Bool {
        range.count == name.utf8.count
            && zip(range, name.utf8).allSatisfy { at, letter in
                let byte = self[at]
                return byte == letter || (0x41...0x5A).contains(byte) && byte | 0x20 == letter
            }
    }
}
