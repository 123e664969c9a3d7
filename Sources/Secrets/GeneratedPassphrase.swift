/// A passphrase that nobody has to think up: six groups of four letters with hyphens between them, 29 characters.
///
/// Each letter is one of the 32 of Bech32, which has no `1`, `b`, `i` and `o`, and stands for 5 random bits: 120 bits
/// in all, which nobody guesses whatever the cost of a guess.
package enum GeneratedPassphrase {
    package static let groups = 6
    package static let lettersInGroup = 4

    /// - Throws: `.random` when the generator gave nothing, `.outOfSecureMemory`.
    package static func make() throws(SecretsError) -> SecretBytes {
        let letters = groups * lettersInGroup
        let random = try Random.secret(letters)
        var text = try SecretBuffer(limit: letters + groups - 1, reserving: 64)
        for index in 0..<letters {
            if index > 0 && index % lettersInGroup == 0 { try text.append(UInt8(ascii: "-")) }
            // 256 is a multiple of 32, so that no letter is likelier than another.
            let value = random.withBytes { $0[byte: index] } & 31
            try text.append(Bech32.letter(of: value, uppercase: false))
        }
        return text.finish()
    }
}
