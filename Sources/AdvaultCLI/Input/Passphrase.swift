package import Secrets

/// Passphrases: asked for, checked, and, when new, asked for twice (FORMAT.md, Keys: 1…1,024 bytes, no line end,
/// no U+0000).
package enum Passphrase {
    /// Bytes.
    package static let limit = 1024
    /// Unicode code points that a new one must have: what is typed as one may count as two when it is decomposed.
    package static let minimum = 15

    package static func ask(_ prompt: String) throws(CommandError) -> SecretBytes {
        switch Terminal() {
        case .some(let terminal):
            let typed = try terminal.readSecret(prompt, limit: limit)
            guard typed.count > 0 else { throw .emptySecret(source: "what was typed") }
            return typed
        case .none: throw .noTerminal(.passphrase)
        }
    }

    /// A new passphrase, typed twice.
    static func askNew(logN: Int64) throws(CommandError) -> SecretBytes {
        let first = try ask("New passphrase, at least \(minimum) characters: ")
        try demandLength(first, logN: logN)
        let second = try ask("The same once more: ")
        guard first.equals(second) else { throw .passphrasesDiffer }
        return first
    }

    /// A new passphrase that is made here. It is shown once, on the terminal, before anything is made with it.
    static func generate() throws(CommandError) -> SecretBytes {
        let passphrase: SecretBytes
        do { passphrase = try GeneratedPassphrase.make() } catch { throw .secrets(error) }
        switch Terminal() {
        case .some(let terminal):
            try terminal.show("The new passphrase, shown this once:\n\n    ", passphrase, "\n\n")
            _ = try terminal.readSecret(
                "Write it down, then press Enter (Ctrl-C: nothing is made). ", limit: limit)
        case .none: throw .noTerminal(.generatedPassphrase)
        }
        return passphrase
    }

    /// Refuses bytes that no passphrase may have.
    static func checked(_ passphrase: consuming SecretBytes, source: String) throws(CommandError)
        -> SecretBytes
    {
        guard passphrase.count <= limit else { throw .secretTooLong(source: source, limit: limit) }
        let isClean = passphrase.withBytes { span in
            for offset in 0..<span.byteCount {
                let byte = unsafe span.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
                if byte == 0x00 || byte == 0x0A || byte == 0x0D { return false }
            }
            return true
        }
        guard isClean else { throw .passphraseBytes(source: source) }
        return passphrase
    }

    static func demandLength(_ passphrase: borrowing SecretBytes, logN: Int64) throws(CommandError) {
        let characters = passphrase.withBytes { span in
            // Continuation bytes of UTF-8 begin with the bits 10 and count nothing.
            var count = 0
            for offset in 0..<span.byteCount
            where unsafe span.unsafeLoad(fromByteOffset: offset, as: UInt8.self) & 0xC0 != 0x80 { count += 1 }
            return count
        }
        guard characters >= minimum else { throw .passphraseTooShort(characters: characters, logN: logN) }
    }
}
