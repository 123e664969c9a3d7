import Secrets
import Testing

@Suite struct MachineKeyTests {
    /// A published test key: 32 times 0x11.
    private func identity() throws -> Identity {
        try Identity(secret: SecretBytes.of([UInt8](repeating: 0x11, count: 32)))
    }

    @Test func roundTrip() throws {
        let identity = try identity()
        let text = try MachineKey.secretText(of: identity)
        let shown = String(decoding: text.revealed(), as: UTF8.self)
        #expect(shown.hasPrefix("ADVAULT-SECRET-KEY-1"))
        #expect(shown.count == 78)
        let again = try MachineKey.identity(parsing: text)
        let same = again.secret.equals(identity.secret) && again.publicKey == identity.publicKey
        #expect(same)

        let publicKey = identity.publicKey
        let publicText = MachineKey.publicText(of: publicKey)
        #expect(publicText.hasPrefix("advault1"))
        #expect(publicText.count == 66)
        #expect(try MachineKey.publicKey(parsing: publicText) == publicKey)
    }

    private func secretFault(_ text: String) -> SecretsError? {
        refusal { () throws(SecretsError) in _ = try MachineKey.identity(parsing: SecretBytes.of(text)) }
    }

    private func publicFault(_ text: String) -> SecretsError? {
        refusal { () throws(SecretsError) in _ = try MachineKey.publicKey(parsing: text) }
    }

    private func bech32(_ prefix: String, _ size: Int, uppercase: Bool) throws -> String {
        let data = [UInt8](repeating: 7, count: size)
        let text = try Bech32.encode(prefix: prefix, data.span.bytes, uppercase: uppercase)
        return String(decoding: text.revealed(), as: UTF8.self)
    }

    @Test func faultsOfASecretKey() throws {
        let identity = try identity()
        let right = String(decoding: try MachineKey.secretText(of: identity).revealed(), as: UTF8.self)
        let publicText = MachineKey.publicText(of: identity.publicKey)
        #expect(secretFault("correct horse battery staple") == .machineKeyText(.notBech32))
        #expect(secretFault("Tr0ub4dor&3") == .machineKeyText(.notBech32))
        #expect(secretFault("") == .machineKeyText(.notBech32))
        #expect(secretFault(right + "\n") == .machineKeyText(.notBech32))
        #expect(secretFault(String(repeating: "long ", count: 20_000)) == .machineKeyText(.notBech32))
        #expect(secretFault(String(right.prefix(22))) == .machineKeyText(.notBech32))
        #expect(secretFault(String(right.prefix(60))) == .machineKeyText(.checksum))
        #expect(secretFault(String(right.dropLast()) + "B") == .machineKeyText(.notBech32))
        let last = try #require(right.last)
        #expect(
            secretFault(String(right.dropLast()) + (last == "Q" ? "P" : "Q")) == .machineKeyText(.checksum))
        #expect(secretFault(String(right.dropLast()) + last.lowercased()) == mixedOrChecksum(last))
        #expect(secretFault("advault" + right.dropFirst(7)) == .machineKeyText(.mixedCase))
        #expect(secretFault(right.lowercased()) == .machineKeyText(.prefix))
        #expect(secretFault(publicText) == .machineKeyText(.publicInsteadOfSecret))
        #expect(secretFault(try bech32("age-secret-key-", 32, uppercase: true)) == .machineKeyText(.prefix))
        for size in [0, 16, 31, 33] {
            let text = try bech32("advault-secret-key-", size, uppercase: true)
            #expect(secretFault(text) == .machineKeyText(.length))
        }
    }

    /// A digit has no case: lowering one changes nothing.
    private func mixedOrChecksum(_ last: Character) -> SecretsError? {
        last.isLetter ? .machineKeyText(.mixedCase) : nil
    }

    @Test func faultsOfAPublicKey() throws {
        let identity = try identity()
        let right = MachineKey.publicText(of: identity.publicKey)
        let secret = String(decoding: try MachineKey.secretText(of: identity).revealed(), as: UTF8.self)
        #expect(publicFault(secret) == .machineKeyText(.secretInsteadOfPublic))
        #expect(publicFault(secret.lowercased()) == .machineKeyText(.secretInsteadOfPublic))
        #expect(publicFault(right.uppercased()) == .machineKeyText(.prefix))
        #expect(publicFault("Advault" + right.dropFirst(7)) == .machineKeyText(.mixedCase))
        #expect(publicFault(try bech32("age", 32, uppercase: false)) == .machineKeyText(.prefix))
        #expect(publicFault(try bech32("advault", 31, uppercase: false)) == .machineKeyText(.length))
        // Points of order 1, 4 and 8.
        for point in [
            [UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31),
            [
                0xE0, 0xEB, 0x7A, 0x7C, 0x3B, 0x41, 0xB8, 0xAE, 0x16, 0x56, 0xE3, 0xFA, 0xF1, 0x9F, 0xC4,
                0x6A,
                0xDA, 0x09, 0x8D, 0xEB, 0x9C, 0x32, 0xB1, 0xFD, 0x86, 0x62, 0x05, 0x16, 0x5F, 0x49, 0xB8,
                0x00,
            ],
        ] {
            #expect(publicFault(MachineKey.publicText(of: point)) == .machineKeyText(.lowOrder))
        }
        #expect(publicFault("ssh-ed25519 AAAA") == .machineKeyText(.notBech32))
        #expect(publicFault(String(right.prefix(40))) == .machineKeyText(.checksum))
    }

    /// Bech32 finds every single wrong character.
    @Test func everyMistypedCharacter() throws {
        let right = Array(MachineKey.publicText(of: try identity().publicKey).utf8)
        for index in right.indices {
            var wrong = right
            wrong[index] = right[index] == UInt8(ascii: "q") ? UInt8(ascii: "p") : UInt8(ascii: "q")
            #expect(publicFault(String(decoding: wrong, as: UTF8.self)) != nil, "character \(index)")
        }
    }
}
