private import CCurl
internal import OAuthCore
internal import Secrets

/// The header lines of one request as libcurl takes them. Owns the list; libcurl's wiping allocator holds it.
@safe
struct HeaderLines: ~Copyable {
    private var list: UnsafeMutablePointer<curl_slist>?

    /// For `CURLOPT_HTTPHEADER`; lives as long as this value.
    var pointer: UnsafeMutableRawPointer? { unsafe UnsafeMutableRawPointer(list) }

    /// The core's headers in their order, then the authorization. What libcurl would add by itself (Accept,
    /// Content-Type, Expect) is left out unless the core wrote it.
    ///
    /// - Throws: `.notSent(.malformedRequest)` for bytes that would end a line early or start another.
    init(_ request: borrowing HTTPRequest) throws(TransportError) {
        unsafe list = nil
        for header in request.headers {
            guard Self.isName(header.name), Self.isValue(header.value.utf8) else {
                throw .notSent(.malformedRequest)
            }
            // "Name;" is libcurl's way to send a header without a value; "Name:" removes it.
            try append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        for own in ["Accept", "Content-Type", "Expect"] where !Self.names(own, in: request.headers) {
            try append("\(own):")
        }
        switch request.authorization {
        case .some(let value): try appendAuthorization(value)
        case .none: break
        }
    }

    private mutating func append(_ line: String) throws(TransportError) {
        guard let longer = unsafe curl_slist_append(list, line) else {
            throw .notSent(.other(Int32(CURLE_OUT_OF_MEMORY.rawValue)))
        }
        unsafe list = unsafe longer
    }

    private mutating func appendAuthorization(_ value: borrowing SecretBytes) throws(TransportError) {
        let line = try Self.authorizationLine(value)
        // libcurl copies the line by its own allocator, which wipes; ours is wiped as it goes.
        let list = unsafe self.list
        let longer = unsafe line.withBytes { span in
            unsafe span.withUnsafeBytes { bytes in
                unsafe curl_slist_append(list, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            }
        }
        guard let longer = unsafe longer else { throw .notSent(.other(Int32(CURLE_OUT_OF_MEMORY.rawValue))) }
        unsafe self.list = unsafe longer
    }

    /// "Authorization: …" with the zero byte that C wants.
    private static func authorizationLine(
        _ value: borrowing SecretBytes
    ) throws(TransportError) -> SecretBytes {
        let isValue = value.withBytes { span in
            span.byteCount > 0
                && span.byteOffsets.allSatisfy {
                    isValueByte(unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self))
                }
        }
        guard isValue else { throw .notSent(.malformedRequest) }
        let name = "Authorization: "
        do {
            let size = name.utf8.count + value.count + 1
            var line = try SecretBuffer(limit: size, reserving: size)
            try line.append(clear: name)
            try line.append(value)
            try line.append(0)
            return line.finish()
        } catch { throw .notSent(.outOfSecureMemory) }
    }

    private static func names(_ name: String, in headers: [HTTPHeader]) -> Bool {
        headers.contains { $0.name.lowercased() == name.lowercased() }
    }

    /// RFC 9110, 5.1: a token.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
                default: false
                }
            }
    }

    static func isValue(_ value: String.UTF8View) -> Bool { value.allSatisfy(isValueByte) }

    private static func isValueByte(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }

    deinit { unsafe curl_slist_free_all(list) }
}
