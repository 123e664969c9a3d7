package import Secrets

// sealed = HPKE(receiver, ctx("app-export", every clear member in order), secrets framed as in an app's row).
extension AppFile {
    /// Every clear member, the receiver's key among them: none can be edited, and the part fits no other file.
    static func context(of clear: [Value]) -> [UInt8] {
        var context = BoundContext(.appExport)
        for value in clear { context.append(value) }
        return context.bytes
    }

    /// - Parameter receiver: X25519, 32 bytes.
    static func seal(
        _ secrets: borrowing AppSecrets, of row: AppRow, to receiver: [UInt8], now: Int64
    ) throws(VaultError) -> AppFile {
        let framed = try SecretFraming.encode(secrets)
        let clear: [Value] = [
            .text(row.name), .text(row.provider), .blob(row.profile), .text(row.clientID),
            .text(row.redirectURI), .text(row.scopes), .blob(receiver), .integer(now),
        ]
        let sealed: [UInt8]
        do {
            sealed = try HPKE.seal(framed, to: receiver, info: context(of: clear))
        } catch { throw .secrets(error) }
        // A verified row's columns fit; what is left is a clock before 1970.
        guard let file = AppFile(clear, sealed: sealed) else { throw .limit(.integer) }
        return file
    }

    /// Which of these slots has the key that opens the file.
    package func holder(among slots: [SlotRow]) -> VaultError.KeyHolder {
        slots.first { $0.publicKey == receiver }.map { .slot($0.kind, label: $0.label) } ?? .noSlot
    }

    /// The mirror of `seal`.
    ///
    /// Throws `appFile` with `anotherReceiver`, or `doesNotOpen` for what was altered or badly made.
    package func open(with identity: borrowing Identity) throws(VaultError) -> AppSecrets {
        // Compared before HPKE is opened: HPKE alone does not commit to the key it opens under.
        guard ConstantTime.equal(identity.publicKey, receiver) else {
            throw .appFile(.anotherReceiver(receiver, .noSlot))
        }
        let framed: SecretBytes
        do throws(SecretsError) {
            framed = try HPKE.open(sealed, with: identity, info: Self.context(of: clear))
        } catch .authenticationFailed, .malformed {
            throw .appFile(.doesNotOpen)
        } catch { throw .secrets(error) }
        switch try SecretFraming.decodeApp(framed) {
        case .some(let secrets): return secrets
        case .none: throw .appFile(.doesNotOpen)
        }
    }
}

extension OpenVault {
    /// Seals a verified app to somebody else's key, and writes the event. No file without its event.
    ///
    /// Throws what `secrets(of:)` and `commit` throw, `secrets(.authenticationFailed)` for a key of low order.
    package mutating func export(
        _ app: AppRow, to receiver: [UInt8], now: Int64
    ) throws(VaultError) -> AppFile {
        let file = try AppFile.seal(secrets(of: app), of: app, to: receiver, now: now)
        try commit(.note, Event(.appExport, .ok), now: now)
        return file
    }

    /// Opens an app file that is sealed to the slot in hand.
    ///
    /// Throws what `AppFile.open` throws; `anotherReceiver` names the slot of this vault that has the key.
    package borrowing func secrets(in file: AppFile) throws(VaultError) -> AppSecrets {
        guard ConstantTime.equal(identity.publicKey, file.receiver) else {
            throw .appFile(.anotherReceiver(file.receiver, file.holder(among: slots)))
        }
        return try file.open(with: identity)
    }
}
