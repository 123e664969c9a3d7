import Secrets

extension SecretBytes {
    /// Test keys and messages are published: they may come from an Array, and go back to one.
    static func of(_ bytes: [UInt8]) throws(SecretsError) -> SecretBytes {
        try SecretBytes(copying: bytes.span.bytes)
    }

    static func of(_ text: String) throws(SecretsError) -> SecretBytes {
        try of(Array(text.utf8))
    }

    borrowing func revealed() -> [UInt8] {
        withBytes { $0.withUnsafeBytes { Array($0) } }
    }
}

/// What `body` threw, or nil.
func refusal(_ body: () throws(SecretsError) -> Void) -> SecretsError? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}
