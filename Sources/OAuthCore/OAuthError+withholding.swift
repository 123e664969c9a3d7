package import Secrets

/// A server may repeat in its words what it was sent; those words are printed, so they are looked through first.
package enum ForeignText {
    /// As many bytes in a row of a secret are no chance; the words were cut to a length, perhaps in a secret's middle.
    private static let part = 8

    /// Whether the text holds the secret's bytes, or eight of them in a row.
    package static func holds(_ secret: borrowing SecretBytes, in text: String) -> Bool {
        let bytes = Array(text.utf8)
        let size = min(secret.count, part)
        guard size > 0, size <= bytes.count else { return false }
        return secret.withBytes { span in
            (0...(bytes.count - size)).contains { start in
                (0...(span.byteCount - size)).contains { place in
                    (0..<size).allSatisfy { bytes[start + $0] == span[byte: place + $0] }
                }
            }
        }
    }
}

extension OAuthError {
    /// The same without the provider's words, if those repeat a secret that was sent or received. To be called for
    /// every secret of a request before the error goes anywhere.
    package func withholding(_ secret: borrowing SecretBytes) -> OAuthError {
        switch self {
        case .refused(let refusal):
            let word = refusal.word.flatMap { ForeignText.holds(secret, in: $0) ? nil : $0 }
            let description = refusal.description.flatMap { ForeignText.holds(secret, in: $0) ? nil : $0 }
            return .refused(
                Refusal(
                    kind: refusal.kind, code: refusal.code, status: refusal.status, word: word,
                    description: description))
        case .unreadable(let status, .errorInside(let word)) where ForeignText.holds(secret, in: word):
            return .unreadable(status: status, .errorInside(""))
        case .unreadable, .stateMismatch, .issuerMismatch, .callback, .pasted, .redirectURI, .endpoint,
            .clientSecretMissing, .notOffered, .secrets:
            return self
        }
    }
}
