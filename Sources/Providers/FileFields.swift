internal import OAuthCore

/// One object of a provider file, read key by key; every fault names the key with its path.
struct FileFields {
    private let members: [JSONValue.Member]
    private let path: String
    /// What any text of a file may have, in bytes.
    private static let longest = 1024

    /// - Throws: `.unknownKey` for a member that is not in `keys`.
    init(_ value: JSONValue, path: String, keys: [String]) throws(ProvidersError) {
        guard case .object(let members) = value else {
            throw path.isEmpty ? .notAnObject : .wrongValue(String(path.dropLast()))
        }
        for member in members where !keys.contains(member.name) { throw .unknownKey(path + member.name) }
        self.members = members
        self.path = path
    }

    func text(_ key: String) throws(ProvidersError) -> String {
        guard let text = try optionalText(key) else { throw .missingKey(path + key) }
        return text
    }

    /// Not empty, without controls, at most 1,024 bytes.
    func optionalText(_ key: String) throws(ProvidersError) -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value, isText(text) else { throw .wrongValue(path + key) }
        return text
    }

    func url(_ key: String) throws(ProvidersError) -> EndpointURL {
        guard let url = try optionalURL(key) else { throw .missingKey(path + key) }
        return url
    }

    func optionalURL(_ key: String) throws(ProvidersError) -> EndpointURL? {
        guard let text = try optionalText(key) else { return nil }
        do { return try EndpointURL(text) } catch { throw .url(path + key, error) }
    }

    func word<W: RawRepresentable<String> & CaseIterable>(_ key: String) throws(ProvidersError) -> W {
        guard let word: W = try optionalWord(key) else { throw .missingKey(path + key) }
        return word
    }

    func optionalWord<W: RawRepresentable<String> & CaseIterable>(_ key: String) throws(ProvidersError) -> W?
    {
        guard let text = try optionalText(key) else { return nil }
        guard let word = W(rawValue: text) else { throw .notOneOf(path + key, W.allCases.map(\.rawValue)) }
        return word
    }

    func integer(_ key: String, in range: ClosedRange<Int64>) throws(ProvidersError) -> Int64? {
        guard let value = value(key) else { return nil }
        guard case .integer(let integer) = value, range.contains(integer) else {
            throw .wrongValue(path + key)
        }
        return integer
    }

    func array(_ key: String, atMost limit: Int) throws(ProvidersError) -> [JSONValue] {
        guard let value = value(key) else { return [] }
        guard case .array(let values) = value, values.count <= limit else { throw .wrongValue(path + key) }
        return values
    }

    /// Words without white space or commas: scopes.
    func texts(_ key: String) throws(ProvidersError) -> [String] {
        var texts: [String] = []
        for (position, value) in try array(key, atMost: 64).enumerated() {
            guard case .string(let text) = value, isText(text),
                !text.contains(where: { $0 == " " || $0 == "," })
            else { throw .wrongValue("\(path)\(key)[\(position)]") }
            texts.append(text)
        }
        return texts
    }

    func parameters(
        _ key: String, reserved: Set<String>
    ) throws(ProvidersError) -> [ProviderProfile.Parameter] {
        var parameters: [ProviderProfile.Parameter] = []
        for (name, text) in try pairs(key) {
            guard !reserved.contains(name) else { throw .reserved("\(path)\(key).\(name)") }
            parameters.append(ProviderProfile.Parameter(name, text))
        }
        return parameters
    }

    /// Names are tokens (RFC 9110, 5.1), values visible ASCII and spaces: neither can end the header.
    func headers(_ key: String) throws(ProvidersError) -> [HTTPHeader] {
        var headers: [HTTPHeader] = []
        for (name, text) in try pairs(key) {
            guard name.utf8.allSatisfy(isTokenByte), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else {
                throw .wrongValue("\(path)\(key).\(name)")
            }
            guard !ReservedNames.headers.contains(name.lowercased()) else {
                throw .reserved("\(path)\(key).\(name)")
            }
            headers.append(HTTPHeader(name, text))
        }
        return headers
    }

    func kinds(_ key: String) throws(ProvidersError) -> [String: OAuthError.Kind] {
        var kinds: [String: OAuthError.Kind] = [:]
        for (name, text) in try pairs(key) {
            guard let kind = OAuthError.Kind(rawValue: text) else {
                throw .notOneOf("\(path)\(key).\(name)", OAuthError.Kind.allCases.map(\.rawValue))
            }
            kinds[name] = kind
        }
        return kinds
    }

    private func pairs(_ key: String) throws(ProvidersError) -> [(String, String)] {
        guard let value = value(key) else { return [] }
        guard case .object(let members) = value, members.count <= 64 else { throw .wrongValue(path + key) }
        var pairs: [(String, String)] = []
        for member in members {
            guard case .string(let text) = member.value, isText(text), isText(member.name) else {
                throw .wrongValue("\(path)\(key).\(member.name)")
            }
            pairs.append((member.name, text))
        }
        return pairs
    }

    private func value(_ key: String) -> JSONValue? { members.first { $0.name == key }?.value }

    private func isText(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= Self.longest
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    private func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60,
            0x7C,
            0x7E:
            true
        default: false
        }
    }
}
