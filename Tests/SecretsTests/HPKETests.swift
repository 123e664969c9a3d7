import Secrets
import Testing

@Suite struct HPKETests {
    private let info = Array("test info".utf8)

    @Test(arguments: [0, 1, 32, 5_000]) func roundTrip(size: Int) throws {
        let identity = try Identity.generate()
        let message = [UInt8](repeating: 9, count: size)
        let sealed = try HPKE.seal(SecretBytes.of(message), to: identity.publicKey, info: info)
        #expect(sealed.count == size + 48)
        let opened = try HPKE.open(sealed, with: identity, info: info).revealed()
        #expect(opened == message)
    }

    /// RFC 7748 section 6.1: public keys of low order give zeros with every secret key.
    static let lowOrder = [
        String(repeating: "00", count: 32),
        "01" + String(repeating: "00", count: 31),
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" + String(repeating: "ff", count: 30) + "7f",
        "ed" + String(repeating: "ff", count: 30) + "7f",
        "ee" + String(repeating: "ff", count: 30) + "7f",
    ]

    @Test(arguments: lowOrder) func aZeroSharedSecretIsRefused(publicKey: String) throws {
        let identity = try Identity.generate()
        let message = try SecretBytes.of([1])
        let sealing = refusal { () throws(SecretsError) in
            _ = try HPKE.seal(message, to: hex(publicKey), info: info)
        }
        #expect(sealing == .authenticationFailed(.hpke))
        let opening = refusal { () throws(SecretsError) in
            let sealed = hex(publicKey) + [UInt8](repeating: 0, count: 17)
            _ = try HPKE.open(sealed, with: identity, info: info)
        }
        #expect(opening == .authenticationFailed(.hpke))
    }

    @Test func everyBitCounts() throws {
        let identity = try Identity.generate()
        let sealed = try HPKE.seal(SecretBytes.of([1, 2, 3]), to: identity.publicKey, info: info)
        for bit in 0..<sealed.count * 8 {
            var flipped = sealed
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let error = refusal { () throws(SecretsError) in
                _ = try HPKE.open(flipped, with: identity, info: info)
            }
            // X25519 ignores the top bit of a public key; the KEM's context does not.
            #expect(error == .authenticationFailed(.hpke), "bit \(bit)")
        }
    }

    @Test func anotherInfoIdentityOrSizeIsRefused() throws {
        let identity = try Identity.generate()
        let other = try Identity.generate()
        let sealed = try HPKE.seal(SecretBytes.of([1]), to: identity.publicKey, info: info)
        let otherInfo = refusal { () throws(SecretsError) in
            _ = try HPKE.open(sealed, with: identity, info: info + [0])
        }
        #expect(otherInfo == .authenticationFailed(.hpke))
        let otherIdentity = refusal { () throws(SecretsError) in
            _ = try HPKE.open(sealed, with: other, info: info)
        }
        #expect(otherIdentity == .authenticationFailed(.hpke))
        for size in 0..<sealed.count {
            let error = refusal { () throws(SecretsError) in
                _ = try HPKE.open(Array(sealed.prefix(size)), with: identity, info: info)
            }
            #expect(error == (size < 48 ? .malformed(.hpke) : .authenticationFailed(.hpke)))
        }
    }

    @Test(arguments: [0, 31, 33]) func aPublicKeyOfAnotherSizeIsMalformed(size: Int) throws {
        let message = try SecretBytes.of([1])
        let error = refusal { () throws(SecretsError) in
            _ = try HPKE.seal(message, to: [UInt8](repeating: 9, count: size), info: info)
        }
        #expect(error == .malformed(.x25519))
    }

    @Test(arguments: [0, 31, 33]) func anIdentityOfAnotherSizeIsMalformed(size: Int) {
        let error = refusal { () throws(SecretsError) in
            _ = try Identity(secret: SecretBytes.of([UInt8](repeating: 9, count: size)))
        }
        #expect(error == .malformed(.x25519))
    }
}
