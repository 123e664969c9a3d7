import Secrets
import Testing

@Suite struct Ed25519Tests {
    @Test func whatIsNotASignatureIsRefused() throws {
        let key = try SigningKey(seed: SecretBytes.of([UInt8](repeating: 3, count: 32)))
        let publicKey = key.publicKey
        let message = Array("lineage".utf8)
        let signature = try key.sign(message)
        #expect(Ed25519.verify(signature, of: message, by: publicKey))
        #expect(!Ed25519.verify(signature, of: message + [0], by: publicKey))
        #expect(!Ed25519.verify(signature + [0], of: message, by: publicKey))
        #expect(!Ed25519.verify([], of: message, by: publicKey))
        #expect(!Ed25519.verify(signature, of: message, by: []))
        #expect(!Ed25519.verify(signature, of: message, by: publicKey + [0]))
        for bit in 0..<signature.count * 8 {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!Ed25519.verify(flipped, of: message, by: publicKey), "bit \(bit)")
        }
    }

    /// RFC 8032 section 5.1.7: S stays under the group's order, or one message would have two signatures.
    @Test func aSecondSignatureByAddingTheOrderIsRefused() throws {
        let key = try SigningKey(seed: SecretBytes.of([UInt8](repeating: 3, count: 32)))
        var signature = try key.sign([])
        let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(sum & 255)
            carry = sum >> 8
        }
        #expect(carry == 0)
        #expect(!Ed25519.verify(signature, of: [], by: key.publicKey))
    }

    @Test(arguments: [0, 31, 33]) func aSeedOfAnotherSizeIsMalformed(size: Int) {
        let error = refusal { () throws(SecretsError) in
            _ = try SigningKey(seed: SecretBytes.of([UInt8](repeating: 9, count: size)))
        }
        #expect(error == .malformed(.ed25519))
    }
}
