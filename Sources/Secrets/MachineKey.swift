/// The text of a machine's key pair, written as age writes its keys. FORMAT "Keys", machine key text.
package enum MachineKey {
    private static let secretPrefix = "advault-secret-key-"
    private static let publicPrefix = "advault"

    /// `ADVAULT-SECRET-KEY-1…`: 78 characters, all upper case, without a line end.
    package static func secretText(of identity: borrowing Identity) throws(SecretsError) -> SecretBytes {
        try identity.secret.withBytes { (secret) throws(SecretsError) in
            try Bech32.encode(prefix: secretPrefix, secret, uppercase: true)
        }
    }

    /// Reads what `secretText` wrote, and nothing else: not in lower case, not with a line end.
    /// - Throws: `.machineKeyText` with the fault.
    package static func identity(parsing text: borrowing SecretBytes) throws(SecretsError) -> Identity {
        let decoded = try decode(text)
        guard !has(publicPrefix, decoded) else { throw .machineKeyText(.publicInsteadOfSecret) }
        guard has(secretPrefix, decoded), decoded.isUppercase else { throw .machineKeyText(.prefix) }
        return try Identity(secret: key(of: decoded))
    }

    /// `advault1…`: 66 characters, all lower case.
    package static func publicText(of publicKey: [UInt8]) -> String {
        precondition(publicKey.count == 32, "a public key has 32 bytes")
        // Fails only when the secure heap is full or missing; then there is no vault to write this for either.
        guard
            let text = try? unsafe Bech32.encode(prefix: publicPrefix, publicKey.span.bytes, uppercase: false)
        else {
            fatalError("no memory for the text of a public key")
        }
        return String(decoding: text.withBytes { $0.clearBytes() }, as: UTF8.self)
    }

    /// 32 bytes out of what `publicText` wrote, and nothing else.
    /// - Throws: `.machineKeyText` with the fault; `.secretInsteadOfPublic` when a secret key was given, which
    ///   has by then been where it should not be.
    package static func publicKey(parsing text: String) throws(SecretsError) -> [UInt8] {
        guard text.utf8.count <= Bech32.longest else { throw .machineKeyText(.notBech32) }
        var buffer = try SecretBuffer(limit: Bech32.longest)
        try buffer.append(clear: text)
        let decoded = try decode(buffer.finish())
        guard !has(secretPrefix, decoded) else { throw .machineKeyText(.secretInsteadOfPublic) }
        guard has(publicPrefix, decoded), !decoded.isUppercase else { throw .machineKeyText(.prefix) }
        let key = try key(of: decoded).withBytes { $0.clearBytes() }
        guard try !X25519.isOfLowOrder(key) else { throw .machineKeyText(.lowOrder) }
        return key
    }

    private static func decode(_ text: borrowing SecretBytes) throws(SecretsError) -> Bech32.Decoded {
        try text.withBytes { (text) throws(SecretsError) in try Bech32.decode(text) }
    }

    private static func has(_ prefix: String, _ decoded: borrowing Bech32.Decoded) -> Bool {
        let expected = Array(prefix.utf8)
        return decoded.prefix.withBytes { unsafe ConstantTime.equal($0, expected.span.bytes) }
    }

    private static func key(of decoded: borrowing Bech32.Decoded) throws(SecretsError) -> SecretBytes {
        guard let key = try Bech32.bytes(of: decoded), key.count == 32 else {
            throw .machineKeyText(.length)
        }
        return key
    }
}
