internal import Secrets

/// Takes a secret that stood in the environment, without one trailing line end, as files have it too.
func environment(
    _ name: EnvironmentSecrets.Name, _ context: CommandContext
) throws(CommandError) -> SecretBytes {
    switch context.secrets.take(name) {
    case .some(let value):
        let text = try withoutLineEnd(value)
        guard text.count > 0 else { throw .emptySecret(source: name.rawValue) }
        return text
    // Set, and locked memory had no room for it: a value that was taken before is not asked for again.
    case .none: throw .secrets(.outOfSecureMemory(bytes: 0))
    }
}

private func withoutLineEnd(_ value: borrowing SecretBytes) throws(CommandError) -> SecretBytes {
    do {
        var text = try SecretBuffer(limit: max(1, value.count))
        try text.append(value)
        text.stripLineEnd()
        return text.finish()
    } catch { throw .secrets(error) }
}
