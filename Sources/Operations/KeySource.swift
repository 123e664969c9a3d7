package import CredentialVault

/// Where the key comes from that opens the vault. The command line knows flags, environment and prompts; an
/// operation only asks, and as late as it can.
package struct KeySource {
    /// Asking once more may give another answer: a prompt. Only such a source is asked again after a wrong key.
    package let isInteractive: Bool
    /// Throws, at once and without reading a secret or deriving anything, when there is no source at all.
    package let check: () throws(OperationError) -> Void
    /// Reads the key. What goes wrong is `.input`.
    package let read: () throws(OperationError) -> UnlockKey
    /// Is told that what was read last was the wrong key.
    package let refused: () -> Void

    package init(
        isInteractive: Bool, check: @escaping () throws(OperationError) -> Void,
        read: @escaping () throws(OperationError) -> UnlockKey, refused: @escaping () -> Void = {}
    ) {
        (self.isInteractive, self.check, self.read, self.refused) = (isInteractive, check, read, refused)
    }

    /// For operations that need no key, and for tests: says what was not provided.
    package static var notProvided: KeySource {
        KeySource(
            isInteractive: false,
            check: { () throws(OperationError) in fatalError("Context.key was not provided") },
            read: { () throws(OperationError) in fatalError("Context.key was not provided") })
    }

    /// The same key, read now and for one use: nobody has to wait for a person who types.
    package func inHand() throws(OperationError) -> KeySource {
        let held = HeldKey(try read())
        return KeySource(
            isInteractive: false, check: { () throws(OperationError) in },
            read: { () throws(OperationError) in try held.take() })
    }
}

extension KeySource {
    /// The same key, read when it is first asked for and then kept in locked memory for as long as this value lives: for
    /// a command that unlocks several times, so that a person types it once. One that was wrong is asked for again.
    package func keptForSeveral() -> KeySource {
        let kept = KeptKey()
        return KeySource(
            isInteractive: isInteractive, check: check,
            read: { () throws(OperationError) in try kept.read(from: read) }, refused: kept.forget)
    }
}

/// A key between its source and its last use.
private final class KeptKey {
    private var key: UnlockKey?

    func read(from source: () throws(OperationError) -> UnlockKey) throws(OperationError) -> UnlockKey {
        if key == nil { key = try source() }
        switch key {
        case .some(let key): return try ofSecrets(key.copy())
        case .none: throw .declined
        }
    }

    func forget() { key = nil }
}

/// A key between its source and its one use.
private final class HeldKey {
    private var key: UnlockKey?

    init(_ key: consuming UnlockKey) { self.key = consume key }

    func take() throws(OperationError) -> UnlockKey {
        switch key.take() {
        case .some(let key): return key
        case .none: throw .declined
        }
    }
}
