private import COpenSSL

/// How a refusal of libcrypto becomes a `SecretsError`.
enum LibcryptoFailure {
    /// The newest error's code, as a value; the thread's error queue is left empty, so that no later failure
    /// is told with this one's reason.
    static func of(_ primitive: SecretsError.Primitive) -> SecretsError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return .libcrypto(primitive, code: UInt(code))
    }

    /// For refusals that are an answer and not a failure (a tag that does not match).
    static func forget() {
        ERR_clear_error()
    }
}
