package import Secrets

/// Passphrases: asked for, checked, and, when new, asked for twice (FORMAT.md, Keys: 1…1,024 bytes, no line end,
/// no U+0000).
package enum Passphrase {
    /// Bytes.
    package static let limit = 1024
    /// Characters of UTF-8 that a new one must have.
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
    static func askNew() throws(CommandError) -> SecretBytes {
        let first = try ask("New passphrase, at least \(minimum) characters: ")
        try demandLength(first)
        let second = try ask("The same once more: ")
        guard first.equals(second) else { throw .passphrasesDiffer }
        return first
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

    static func demandLength(_ passphrase: borrowing SecretBytes) throws(CommandError) {
        let characters = passphrase.withBytes { span in
            // Continuation bytes of UTF-8 begin with the bits 10 and count nothing.
            var count = 0
            for offset in 0..<span.byteCount
            where unsafe span.unsafeLoad(fromByteOffset: offset, as: UInt8.self) & 0xC0 != 0x80 { count += 1 }
            return count
        }
        guard characters >= minimum else { throw .passphraseTooShort(characters: characters) }
    }
}

/// Where the passphrase of a new slot comes from: sources of its own, so that the old one is never taken for the
/// new one.
package enum NewPassphraseSource: Equatable, Sendable {
    case file(String)
    case environment
    case prompt

    package static func choose(
        file: String?, _ context: CommandContext
    ) throws(CommandError) -> NewPassphraseSource {
        if let file { return .file(file) }
        let set = context.secrets.isSet(.newPassphrase)
        switch (set, context.variable("ADVAULT_NEW_PASSPHRASE_FILE")) {
        case (true, .some): throw .twoSources("ADVAULT_NEW_PASSPHRASE", "ADVAULT_NEW_PASSPHRASE_FILE")
        case (true, .none): return .environment
        case (false, .some(let path)): return .file(path)
        case (false, .none):
            guard Terminal.isThere else { throw .noNewPassphraseSource }
            return .prompt
        }
    }

    package func read(_ context: CommandContext) throws(CommandError) -> SecretBytes {
        switch self {
        case .prompt: return try Passphrase.askNew()
        case .file(let path):
            return try NewPassphraseSource.accepted(SecretFile.read(path, limit: Passphrase.limit), path)
        case .environment:
            return try NewPassphraseSource.accepted(
                AdvaultCLI.environment(.newPassphrase, context), "ADVAULT_NEW_PASSPHRASE")
        }
    }

    private static func accepted(
        _ passphrase: consuming SecretBytes, _ source: String
    ) throws(CommandError) -> SecretBytes {
        let checked = try Passphrase.checked(passphrase, source: source)
        try Passphrase.demandLength(checked)
        return checked
    }
}
