package import Secrets

/// Where the passphrase of a new slot comes from: sources of its own, so that the old one is never taken for the
/// new one.
package enum NewPassphraseSource: Equatable, Sendable {
    case given(SecretSource)
    /// Made here and shown on the terminal: `--generate`.
    case generated
    case prompt

    /// Picks the source and reads nothing.
    ///
    /// - Parameter old: where the key that opens the vault comes from. A descriptor can be read once only, so the
    ///   same one is not taken for both.
    package static func choose(
        _ flags: SecretSource.Given, generate: Bool, old: SecretSource? = nil, _ context: CommandContext
    ) throws(CommandError) -> NewPassphraseSource {
        let given = flags.sources("--new-passphrase").map { ($0.0, NewPassphraseSource.given($0.1)) }
        let set = SecretSource.inEnvironment(.newPassphrase, context)
        let all = given + (generate ? [("--generate", .generated)] : [])
        var source = try SecretSource.single(all)
        if source == nil { source = try SecretSource.single(set).map { .given($0) } }
        switch source {
        case .given(let source):
            try source.check()
            if let number = source.descriptor, number == old?.descriptor {
                throw .argument(.descriptor(number, .bothKeys))
            }
            return .given(source)
        case .generated, .prompt:
            guard Terminal.isThere else { throw .noTerminal(.generatedPassphrase) }
            return .generated
        case nil:
            guard Terminal.isThere else { throw .noNewPassphraseSource }
            return .prompt
        }
    }

    /// - Parameter logN: scrypt's cost, which says what guessing a short one would take.
    package func read(logN: Int64, _ context: CommandContext) throws(CommandError) -> SecretBytes {
        switch self {
        case .prompt: return try Passphrase.askNew(logN: logN)
        case .generated: return try Passphrase.generate()
        case .given(let source):
            let text = try source.read(limit: Passphrase.limit, .new, context)
            let checked = try Passphrase.checked(text, source: source.name)
            try Passphrase.demandLength(checked, logN: logN)
            return checked
        }
    }
}
