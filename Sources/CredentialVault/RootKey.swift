internal import Secrets

/// The root key of one generation and what follows from it (FORMAT.md, Keys).
struct RootKey: ~Copyable, Sendable {
    /// R_g, 32 bytes: what the slots wrap.
    let secret: SecretBytes
    /// Seals rows.
    let seal: SecretBytes
    /// Authenticates the manifest.
    let mac: SecretBytes
    /// Signs the next generation's public half.
    let lineage: SigningKey

    static func derive(
        _ secret: consuming SecretBytes, vault: VaultID, generation: Int64
    ) throws(VaultError) -> RootKey {
        do throws(SecretsError) {
            let seal = try expand(secret, .seal, vault, generation)
            let mac = try expand(secret, .manifest, vault, generation)
            let lineage = try signingKey(secret, generation: generation)
            return RootKey(secret: secret, seal: seal, mac: mac, lineage: lineage)
        } catch { throw .secrets(error) }
    }

    private init(
        secret: consuming SecretBytes, seal: consuming SecretBytes, mac: consuming SecretBytes,
        lineage: consuming SigningKey
    ) {
        self.secret = secret
        self.seal = seal
        self.mac = mac
        self.lineage = lineage
    }

    /// sign_g: its context names no vault, since vault_id is made of its public half.
    static func signingKey(
        _ root: borrowing SecretBytes, generation: Int64
    ) throws(SecretsError) -> SigningKey {
        let info = BoundContext(.lineageKey, .integer(generation)).bytes
        return try SigningKey(seed: HKDF.expandSHA512(key: root, info: info, count: 32))
    }

    private static func expand(
        _ root: borrowing SecretBytes, _ label: Label, _ vault: VaultID, _ generation: Int64
    ) throws(SecretsError) -> SecretBytes {
        let info = BoundContext(label, .blob(vault.bytes), .integer(generation)).bytes
        return try HKDF.expandSHA512(key: root, info: info, count: 32)
    }

    borrowing func manifest(of snapshot: Snapshot, content: [UInt8]) throws(VaultError) -> [UInt8] {
        do {
            return try HMACSHA256.authenticate(snapshot.manifestMessage(content: content), key: mac)
        } catch { throw .secrets(error) }
    }

    /// Seals a row as it now stands; `header` says for which vault and generation (FORMAT.md, File).
    borrowing func seal<Row: SealedRow>(
        _ row: Row, _ framed: borrowing SecretBytes, in header: VaultHeader
    ) throws(VaultError) -> (kept: Kept<Row>, body: [UInt8]) {
        let sealed: Cobblestone.Sealed
        do {
            sealed = try Cobblestone.seal(
                framed, key: seal, context: row.sealingContext(header.id, header.generation))
        } catch { throw .secrets(error) }
        let size = Int64(sealed.body.count)
        let digest = try Digest.row(row, head: sealed.head, bodyCount: size, in: header)
        return (Kept(row: row, head: sealed.head, bodyCount: size, digest: digest), sealed.body)
    }
}
