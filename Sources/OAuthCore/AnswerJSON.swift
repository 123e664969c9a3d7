internal import Secrets

/// An answer's body, taken apart where it lies. Holds positions only; every look-up is lent the answer again.
package struct AnswerJSON: Equatable, Sendable {
    /// A value inside the body.
    package struct Place: Equatable, Sendable {
        let node: Int
        package static let root = Place(node: 0)
    }

    private let index: JSONIndex

    /// - Throws: unless the body is one whole JSON object.
    package init(_ answer: borrowing HTTPAnswer) throws(OAuthError.AnswerFault) {
        index = try answer.body.withBytes { (span) throws(OAuthError.AnswerFault) in
            do throws(JSONFault) { return try JSONIndex(parsing: span) } catch {
                throw Self.fault(error, span)
            }
        }
        guard index.nodes[0].kind == .object else { throw .notJSON }
    }

    private static func fault(_ fault: JSONFault, _ span: RawSpan) -> OAuthError.AnswerFault {
        switch fault {
        case .empty: .empty
        case .syntax(at: let offset) where !beginsAsObject(span, before: offset): .notJSON
        case .syntax, .cutOff, .tooDeep, .duplicateKey, .tooLarge, .tooManyMembers, .encoding, .notAnInteger:
            .json(fault)
        }
    }

    /// HTML and plain text fail at their first byte; JSON that is merely wrong fails later.
    private static func beginsAsObject(_ span: RawSpan, before offset: Int) -> Bool {
        (0..<offset).contains { span[byte: $0] == 0x7B }
    }

    package func has(_ field: ClearField, at place: Place = .root, in answer: borrowing HTTPAnswer) -> Bool {
        guard let node = node(field.rawValue, at: place, in: answer) else { return false }
        return index.nodes[node].kind != .null
    }

    /// What a server writes where nothing failed: no such field, null, false, the number 0, "".
    func isNothing(_ field: ClearField, in answer: borrowing HTTPAnswer) -> Bool {
        guard let at = node(field.rawValue, at: .root, in: answer) else { return true }
        let node = index.nodes[at]
        switch node.kind {
        case .null, .no: return true
        case .string: return node.range.isEmpty
        case .number: return answer.body.withBytes { span in index.integer(at: at, span) } == 0
        case .yes, .object, .array: return false
        }
    }

    /// Whether the field holds anything, right or wrong: neither missing nor null nor "".
    func isFilled(_ name: String, in answer: borrowing HTTPAnswer) -> Bool {
        guard let at = node(name, at: .root, in: answer) else { return false }
        let node = index.nodes[at]
        return node.kind != .null && !(node.kind == .string && node.range.isEmpty)
    }

    /// A string of a field that is clear, cut to `limit` characters; nil where there is none.
    package func text(
        _ field: ClearField, at place: Place = .root, limit: Int = 1000, in answer: borrowing HTTPAnswer
    ) -> String? {
        guard let node = node(field.rawValue, at: place, in: answer) else { return nil }
        return text(of: Place(node: node), limit: limit, in: answer)
    }

    /// The string that an element of a clear array is.
    func text(of place: Place, limit: Int, in answer: borrowing HTTPAnswer) -> String? {
        let node = index.nodes[place.node]
        guard node.kind == .string else { return nil }
        let bytes = answer.body.withBytes { span in JSONText.bytes(of: node, span) }
        return String(String(decoding: bytes, as: UTF8.self).prefix(limit))
    }

    package func flag(_ field: ClearField, in answer: borrowing HTTPAnswer) -> Bool? {
        guard let node = node(field.rawValue, at: .root, in: answer) else { return nil }
        switch index.nodes[node].kind {
        case .yes: return true
        case .no: return false
        case .object, .array, .string, .number, .null: return nil
        }
    }

    /// An integer, or a string that holds one. Nothing secret is a number.
    package func integer(_ name: String, at place: Place = .root, in answer: borrowing HTTPAnswer) -> Int64? {
        guard let node = node(name, at: place, in: answer) else { return nil }
        return answer.body.withBytes { span in index.integer(at: node, span) }
    }

    /// Whether the field is there and not null, whatever it holds.
    func isPresent(_ name: String, in answer: borrowing HTTPAnswer) -> Bool {
        guard let node = node(name, at: .root, in: answer) else { return false }
        return index.nodes[node].kind != .null
    }

    /// The elements of an array; none where there is no array.
    package func elements(_ field: ClearField, in answer: borrowing HTTPAnswer) -> [Place]? {
        guard let node = node(field.rawValue, at: .root, in: answer), index.nodes[node].kind == .array else {
            return nil
        }
        return index.elements(of: node).map(Place.init)
    }

    package func object(_ field: ClearField, in answer: borrowing HTTPAnswer) -> Place? {
        guard let node = node(field.rawValue, at: .root, in: answer), index.nodes[node].kind == .object else {
            return nil
        }
        return Place(node: node)
    }

    /// A token: moved to the secure heap without touching anything else. nil where it is missing, null or empty.
    /// - Throws: `.token` unless it is a string of at most 7,000 bytes of 0x20–0x7E (RFC 6749, appendix A.12).
    func secret(_ name: String, in answer: borrowing HTTPAnswer) throws(TokenFault) -> SecretBytes? {
        guard let at = node(name, at: .root, in: answer), index.nodes[at].kind != .null else { return nil }
        let node = index.nodes[at]
        guard node.kind == .string else { throw .token }
        guard !node.range.isEmpty else { return nil }
        return try answer.body.withBytes { (span) throws(TokenFault) in
            do throws(SecretsError) { return try Self.moved(node, span) } catch { throw .from(error) }
        }
    }

    private static func moved(_ node: JSONIndex.Node, _ span: RawSpan) throws(SecretsError) -> SecretBytes {
        var buffer = try SecretBuffer(limit: TokenLimits.bytes, reserving: node.range.count)
        var fits = true
        try JSONText.forEachByte(of: node, span) { (byte) throws(SecretsError) in
            fits = fits && TokenLimits.isAllowed(byte)
            try buffer.append(byte)
        }
        // As if it had been too long: the caller has one answer for both.
        guard fits else { throw .overLimit(bytes: TokenLimits.bytes) }
        return buffer.finish()
    }

    private func node(_ name: String, at place: Place, in answer: borrowing HTTPAnswer) -> Int? {
        answer.body.withBytes { span in index.value(of: name, in: place.node, span) }
    }
}

/// Why a token cannot be taken.
enum TokenFault: Error, Equatable {
    case token
    case secrets(SecretsError)

    static func from(_ error: SecretsError) -> TokenFault {
        switch error {
        case .overLimit: .token
        case .outOfSecureMemory, .libcrypto, .random, .malformed, .commitmentMismatch, .authenticationFailed,
            .machineKeyText:
            .secrets(error)
        }
    }
}

enum TokenLimits {
    static let bytes = 7000
    static func isAllowed(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }
}
