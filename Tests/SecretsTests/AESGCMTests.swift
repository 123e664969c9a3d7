import COpenSSL
import Secrets
import Testing

@Suite struct AESGCMTests {
    private let key = [UInt8](repeating: 0x42, count: 32)
    private let nonce = [UInt8](repeating: 0x24, count: 12)

    /// GCM decrypts before it can tell: what did not authenticate must not stay in the caller's memory.
    @Test func aRefusedMessageLeavesNothingBehind() throws {
        let cipher = try AESGCM(key: key.span.bytes)
        let message = [UInt8](repeating: 0xA5, count: 100)
        var sealed = [UInt8](repeating: 0, count: 116)
        try sealed.withUnsafeMutableBytes { out in
            try cipher.seal(message.span.bytes, nonce: nonce, to: out)
        }
        sealed[115] ^= 1
        var opened = [UInt8](repeating: 0xFF, count: 100)
        let error = opened.withUnsafeMutableBytes { out in
            refusal { () throws(SecretsError) in try cipher.open(sealed.span.bytes, nonce: nonce, to: out) }
        }
        #expect(error == .authenticationFailed(.aesGCM))
        #expect(opened == [UInt8](repeating: 0, count: 100))
        // The context is good for the next message, under the same key.
        sealed[115] ^= 1
        try opened.withUnsafeMutableBytes { out in
            try cipher.open(sealed.span.bytes, nonce: nonce, to: out)
        }
        #expect(opened == message)
    }

    @Test(arguments: [0, 15, 17, 31, 33, 64]) func aKeyOfAnotherSizeIsMalformed(size: Int) {
        let bytes = [UInt8](repeating: 1, count: size)
        let error = refusal { () throws(SecretsError) in _ = try AESGCM(key: bytes.span.bytes) }
        #expect(error == .malformed(.aesGCM))
    }

    /// A room that is not exactly the message's is refused before anything is written.
    @Test func roomOfAnotherSizeIsMalformed() throws {
        let cipher = try AESGCM(key: key.span.bytes)
        let nothing: [UInt8] = []
        for size in [0, 15, 17, 32] {
            var out = [UInt8](repeating: 0, count: size)
            let error = out.withUnsafeMutableBytes { out in
                refusal { () throws(SecretsError) in
                    try cipher.seal(nothing.span.bytes, nonce: nonce, to: out)
                }
            }
            #expect(error == .malformed(.aesGCM))
        }
        var none: [UInt8] = []
        let error = none.withUnsafeMutableBytes { out in
            refusal { () throws(SecretsError) in
                try cipher.open([UInt8](repeating: 0, count: 15).span.bytes, nonce: nonce, to: out)
            }
        }
        #expect(error == .malformed(.aesGCM))
    }

    /// A reason left in the thread's queue would be told as the next failure's, TLS's for one.
    @Test func refusalsLeaveTheErrorQueueEmpty() throws {
        ERR_clear_error()
        let identity = try Identity.generate()
        let secret = try SecretBytes.of([1])
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(refusal { () throws(SecretsError) in _ = try HPKE.seal(secret, to: zero, info: []) } != nil)
        #expect(ERR_peek_error() == 0)
        #expect(
            refusal { () throws(SecretsError) in
                _ = try HPKE.open([UInt8](repeating: 9, count: 48), with: identity, info: [])
            } != nil)
        #expect(ERR_peek_error() == 0)
        #expect(!Ed25519.verify([UInt8](repeating: 9, count: 64), of: [], by: zero))
        #expect(
            !Ed25519.verify([UInt8](repeating: 9, count: 64), of: [], by: [UInt8](repeating: 9, count: 32)))
        #expect(ERR_peek_error() == 0)
        #expect(
            refusal { () throws(SecretsError) in
                _ = try HKDF.expandSHA512(key: secret, info: [UInt8](repeating: 0, count: 40_000), count: 32)
            } != nil)
        #expect(ERR_peek_error() == 0)
    }
}
