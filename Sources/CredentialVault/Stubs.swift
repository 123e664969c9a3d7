package import Secrets

/// A secret that opens a slot.
package enum UnlockKey: ~Copyable, Sendable {
    /// 1…1,024 bytes, no line end, no U+0000.
    case passphrase(SecretBytes)
    case machine(Identity)
}

/// A slot to be enrolled.
package enum NewSlot: ~Copyable, Sendable {
    case passphrase(SecretBytes, logN: Int64)
    /// 32 bytes.
    case machine(publicKey: [UInt8])
}

package struct UnlockOptions: Sendable {
    /// The label of the one slot to try.
    package var slot: String?
    /// The vault ID that the file must have.
    package var pin: VaultID?
    package init(slot: String? = nil, pin: VaultID? = nil) { (self.slot, self.pin) = (slot, pin) }
}

package enum Vault {
    package static func create(at path: String, slot: consuming NewSlot, label: String, now: Int64) throws(VaultError) -> VaultHeader { fatalError() }
    package static func readLocked(at path: String) throws(VaultError) -> LockedVault { fatalError() }
    package static func withUnlocked<R: ~Copyable, E: VaultFailure>(
        at path: String, with key: borrowing UnlockKey, options: UnlockOptions = .init(),
        _ body: (inout OpenVault) throws(E) -> R
    ) throws(E) -> R { fatalError() }
}

/// What can be read without a key, after the keyless checks. Unverified.
package struct LockedVault: Sendable {
    package let header: VaultHeader
    package let slots: [SlotRow]
    package let apps: [AppRow]
    package let connections: [ConnectionRow]
}

package struct OpenVault: ~Copyable {
    package var header: VaultHeader { fatalError() }
    package var slot: SlotRow { fatalError() }
    package var slots: [SlotRow] { fatalError() }
    package var apps: [AppRow] { fatalError() }
    package var connections: [ConnectionRow] { fatalError() }
    package borrowing func secrets(of app: AppRow) throws(VaultError) -> AppSecrets { fatalError() }
    package borrowing func secrets(of connection: ConnectionRow) throws(VaultError) -> ConnectionSecrets { fatalError() }
    package mutating func refresh() throws(VaultError) { fatalError() }
    package mutating func commit(_ change: consuming Change, _ event: Event, now: Int64) throws(VaultError) { fatalError() }
    package borrowing func verify() throws(VaultError) { fatalError() }
}

package struct VaultLocks: ~Copyable {
    package static func shared(beside path: String, wait seconds: Int) throws(VaultError) -> VaultLocks { fatalError() }
    package static func exclusive(beside path: String, wait seconds: Int) throws(VaultError) -> VaultLocks { fatalError() }
    package borrowing func lock(connection: RowID, wait seconds: Int) throws(VaultError) { fatalError() }
    package borrowing func unlock(connection: RowID) { fatalError() }
}

extension RowID {
    package static func random() throws(VaultError) -> RowID { fatalError() }
}
