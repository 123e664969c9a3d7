package import Secrets

/// A secret that opens a slot.
package enum UnlockKey: ~Copyable, Sendable {
    /// 1…1,024 bytes, as typed, without line end and U+0000.
    case passphrase(SecretBytes)
    case machine(Identity)
}

extension UnlockKey {
    /// Another of the same, in locked memory of its own.
    package borrowing func copy() throws(SecretsError) -> UnlockKey {
        switch self {
        case .passphrase(let passphrase): .passphrase(try passphrase.copy())
        case .machine(let identity): .machine(try Identity(secret: identity.secret.copy()))
        }
    }
}

/// A slot to be enrolled.
package enum NewSlot: ~Copyable, Sendable {
    /// A new identity is made and sealed under the passphrase; `logN` is scrypt's cost, 15…20.
    case passphrase(SecretBytes, logN: Int64)
    /// X25519, 32 bytes. The secret half stays where it was made (FORMAT.md P6).
    case machine(publicKey: [UInt8])
}

/// Opening and sealing what a slot holds (FORMAT.md, Keys).
enum Slot {
    /// SK = scrypt(H(ctx("passphrase", passphrase)), ctx("scrypt", vault_id, slot_id) ‖ salt, N, 8, 1, 32).
    private static func stretch(
        _ passphrase: borrowing SecretBytes, _ vault: VaultID, _ slot: RowID, _ kdf: KDFParameters
    ) throws(VaultError) -> SecretBytes {
        guard (1...Limits.passphrase).contains(passphrase.count) else {
            throw .passphraseLength(bytes: passphrase.count)
        }
        let salt = BoundContext(.scrypt, .blob(vault.bytes), .blob(slot.bytes)).bytes + kdf.salt
        do {
            let input = try hash(passphrase)
            return try Scrypt.derive(
                input, salt: salt, logN: Int(kdf.logN), r: Int(kdf.r), p: Int(kdf.p), count: 32)
        } catch { throw .secrets(error) }
    }

    /// Hashed first: HMAC inside scrypt cannot tell 'abc' from 'abc' with a zero byte, nor a long text from its
    /// hash. The context is built by hand, since the field is secret: BoundContext holds clear arrays.
    private static func hash(_ passphrase: borrowing SecretBytes) throws(SecretsError) -> SecretBytes {
        var buffer = try SecretBuffer(limit: 64 + Limits.passphrase, reserving: 128)
        for byte in BoundContext(.passphrase).bytes { try buffer.append(byte) }
        var size: [UInt8] = [1]
        withBigEndian(UInt32(passphrase.count), append: &size)
        for byte in size { try buffer.append(byte) }
        try buffer.append(passphrase)
        return try buffer.withBytes { (span) throws(SecretsError) in try SHA256.secretHash(span) }
    }

    private static func identityContext(_ row: SlotRow, _ kdf: KDFParameters, _ vault: VaultID) -> [UInt8] {
        BoundContext(
            .slotIdentity, .blob(vault.bytes), .blob(row.id.bytes), .text(kdf.name.rawValue),
            .integer(kdf.logN), .integer(kdf.r), .integer(kdf.p), .blob(kdf.salt), .blob(row.publicKey)
        ).bytes
    }

    private static func rootContext(_ row: SlotRow, _ vault: VaultID, _ generation: Int64) -> [UInt8] {
        BoundContext(
            .slotRoot, .blob(vault.bytes), .integer(generation), .blob(row.id.bytes),
            .text(row.kind.rawValue),
            .blob(row.publicKey)
        ).bytes
    }

    /// A new slot's row, and its identity where that was made here.
    struct Enrolled: ~Copyable {
        var row: SlotRow
        /// nil for a machine: its secret half is not here.
        let identity: Identity?

        consuming func takeIdentity() -> Identity? { identity }
    }

    /// Makes a row for a new slot with the root wrapped to it.
    /// - Parameter id: the slot's own where its key changes.
    static func seal(
        _ slot: consuming NewSlot, id: RowID, label: String, root: borrowing SecretBytes, vault: VaultID,
        generation: Int64, now: Int64
    ) throws(VaultError) -> Enrolled {
        var row = SlotRow(
            id: id, kind: .machine, label: label, createdAt: now, publicKey: [], kdf: nil, wrappedRoot: [])
        let identity: Identity?
        switch consume slot {
        case .machine(let publicKey):
            row.publicKey = publicKey
            identity = nil
        case .passphrase(let passphrase, let logN):
            row.kind = .passphrase
            identity = try sealIdentity(under: passphrase, logN: logN, into: &row, vault: vault)
        }
        try wrap(root, into: &row, vault: vault, generation: generation)
        return Enrolled(row: row, identity: identity)
    }

    private static func sealIdentity(
        under passphrase: borrowing SecretBytes, logN: Int64, into row: inout SlotRow, vault: VaultID
    ) throws(VaultError) -> Identity {
        guard Limits.logN.contains(logN) else { throw .damaged(.limits) }
        do {
            let identity = try Identity.generate()
            row.publicKey = identity.publicKey
            var kdf = KDFParameters(
                name: .scrypt, logN: logN, r: Limits.r, p: Limits.p, salt: try Random.bytes(32),
                sealedIdentity: [])
            let key: SecretBytes
            do { key = try stretch(passphrase, vault, row.id, kdf) } catch { throw error }
            let sealed = try Cobblestone.seal(
                identity.secret, key: key, context: identityContext(row, kdf, vault))
            kdf.sealedIdentity = sealed.head + sealed.body
            row.kdf = kdf
            return identity
        } catch let error as SecretsError {
            throw .secrets(error)
        } catch let error as VaultError {
            throw error
        } catch {
            // Only those two are thrown above; the compiler loses the union.
            throw .damaged(.limits)
        }
    }

    /// wrapped_root = HPKE(public_key, ctx("slot-root", …), R_g), 80 bytes.
    static func wrap(
        _ root: borrowing SecretBytes, into row: inout SlotRow, vault: VaultID, generation: Int64
    ) throws(VaultError) {
        do {
            row.wrappedRoot = try HPKE.seal(
                root, to: row.publicKey, info: rootContext(row, vault, generation))
        } catch { throw .secrets(error) }
    }

    /// The identity of a passphrase slot; nil when the passphrase is another's (the commitment says so).
    static func openIdentity(
        _ row: SlotRow, with passphrase: borrowing SecretBytes, vault: VaultID
    ) throws(VaultError) -> Identity? {
        guard let kdf = row.kdf else { return nil }
        let key = try stretch(passphrase, vault, row.id, kdf)
        let head = Array(kdf.sealedIdentity.prefix(Cobblestone.headSize))
        let body = Array(kdf.sealedIdentity.dropFirst(Cobblestone.headSize))
        do {
            let secret = try Cobblestone.open(
                head: head, body: body, key: key, context: identityContext(row, kdf, vault))
            return try Identity(secret: secret)
        } catch .commitmentMismatch {
            return nil
        } catch .authenticationFailed, .malformed {
            // The commitment matched, so the passphrase is right and the bytes behind it are not.
            throw .tampered(.slot)
        } catch { throw .secrets(error) }
    }

    /// R_g out of a slot whose identity is in hand.
    static func unwrap(
        _ row: SlotRow, with identity: borrowing Identity, vault: VaultID, generation: Int64
    ) throws(VaultError) -> SecretBytes {
        // Compared before HPKE is opened: HPKE alone does not commit to the key it opens under.
        guard ConstantTime.equal(identity.publicKey, row.publicKey) else { throw .tampered(.slot) }
        do {
            let root = try HPKE.open(
                row.wrappedRoot, with: identity, info: rootContext(row, vault, generation))
            guard root.count == 32 else { throw VaultError.tampered(.root) }
            return root
        } catch let error as VaultError {
            throw error
        } catch SecretsError.authenticationFailed, SecretsError.malformed {
            throw .tampered(.slot)
        } catch let error as SecretsError {
            throw .secrets(error)
        } catch {
            throw .tampered(.slot)
        }
    }
}

extension RowID {
    /// 16 bytes of the system's random generator.
    package static func random() throws(VaultError) -> RowID {
        do {
            guard let id = RowID(bytes: try Random.bytes(16)) else { throw VaultError.secrets(.random) }
            return id
        } catch let error as SecretsError {
            throw .secrets(error)
        } catch {
            throw .secrets(.random)
        }
    }
}
