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

    package init(
        isInteractive: Bool, check: @escaping () throws(OperationError) -> Void,
        read: @escaping () throws(OperationError) -> UnlockKey
    ) {
        (self.isInteractive, self.check, self.read) = (isInteractive, check, read)
    }

    /// For operations that need no key, and for tests: says what was not provided.
    package static var notProvided: KeySource {
        KeySource(
            isInteractive: false,
            check: { () throws(OperationError) in fatalError("Context.key was not provided") },
            read: { () throws(OperationError) in fatalError("Context.key was not provided") })
    }

    /// The same key, read now. For what takes the vault alone: no other process has to wait for a person who types.
    package func inHand() throws(OperationError) -> KeySource {
        let held = HeldKey(try read())
        return KeySource(
            isInteractive: false, check: { () throws(OperationError) in },
            read: { () throws(OperationError) in try held.take() })
    }
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
