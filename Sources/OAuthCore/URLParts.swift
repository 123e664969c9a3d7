/// A URL taken apart, as strictly as our few uses need (RFC 3986, 3): scheme, authority, path, query.
struct URLParts: Equatable {
    enum Fault: Error { case malformed, userInfo, port }

    /// "http" or "https" or what else stood there, lowercase.
    let scheme: String
    /// Lowercase; IPv6 in brackets.
    let host: String
    let port: UInt16
    let path: String
    let query: String?
    let hasFragment: Bool

    /// 127.0.0.0/8, [::1] and the name localhost: nothing else is this machine for sure.
    var isLoopback: Bool { host == "localhost" || host == "[::1]" || Self.isLoopbackIPv4(host) }

    init(_ text: String) throws(Fault) {
        // The visible ASCII but for the characters that RFC 3986 has no place for.
        guard text.utf8.count <= 1024, text.utf8.allSatisfy(Self.isURLByte) else { throw .malformed }
        guard let (scheme, rest) = text.split(around: "://"), !scheme.isEmpty else { throw .malformed }
        guard scheme.utf8.allSatisfy(Self.isSchemeByte) else { throw .malformed }
        let beforeFragment = rest.prefix { $0 != "#" }
        hasFragment = beforeFragment.endIndex != rest.endIndex
        let beforeQuery = beforeFragment.prefix { $0 != "?" }
        query =
            beforeQuery.endIndex == beforeFragment.endIndex
            ? nil : String(beforeFragment[beforeQuery.endIndex...].dropFirst())
        let authority = beforeQuery.prefix { $0 != "/" }
        self.scheme = scheme.lowercased()
        path = String(beforeQuery[authority.endIndex...])
        guard !authority.contains("@") else { throw .userInfo }
        (host, port) = try Self.hostAndPort(authority, default: self.scheme == "http" ? 80 : 443)
    }

    private static func hostAndPort(
        _ authority: Substring, default standard: UInt16
    ) throws(Fault) -> (String, UInt16) {
        let end: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { throw .malformed }
            end = authority.index(after: bracket)
        } else {
            end = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let host = authority[..<end].lowercased()
        guard isHost(host) else { throw .malformed }
        let rest = authority[end...]
        if rest.isEmpty { return (host, standard) }
        let digits = rest.dropFirst()
        guard rest.first == ":", !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw .port
        }
        guard let port = UInt16(digits), port > 0 else { throw .port }
        return (host, port)
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("[") {
            return host.utf8.dropFirst().dropLast().allSatisfy {
                isHexadecimal($0) || $0 == 0x3A || $0 == 0x2E
            }
        }
        return !host.isEmpty
            && host.utf8.allSatisfy { (0x61...0x7A).contains($0) || isDigit($0) || $0 == 0x2D || $0 == 0x2E }
    }

    private static func isLoopbackIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { isOctet($0) }
    }

    /// Decimal without a leading zero: "0127" means octal to some resolvers.
    private static func isOctet(_ part: Substring) -> Bool {
        guard part.utf8.count <= 3, part.utf8.allSatisfy(isDigit), UInt8(part) != nil else { return false }
        return part == "0" || !part.hasPrefix("0")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte)
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || isDigit(byte) || [0x2B, 0x2D, 0x2E].contains(byte)
    }

    private static func isURLByte(_ byte: UInt8) -> Bool {
        // Beside controls, space and what is not ASCII: " < > \ ^ ` |
        (0x21...0x7E).contains(byte) && ![0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7C].contains(byte)
    }
}

extension String {
    /// The parts before and after the first occurrence.
    fileprivate func split(around mark: String) -> (Substring, Substring)? {
        var from = startIndex
        while from < endIndex {
            if self[from...].hasPrefix(mark) {
                return (self[..<from], self[index(from, offsetBy: mark.count)...])
            }
            from = index(after: from)
        }
        return nil
    }
}
