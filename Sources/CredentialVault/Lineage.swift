private import Secrets

/// One generation's public half of the lineage key, signed by the generation before (FORMAT.md, Lineage).
struct LineageRow: Equatable, Sendable {
    var generation: Int64
    /// Ed25519, 32 bytes.
    var rootPublic: [UInt8]
    /// 64 bytes; nil in row 1.
    var signature: [UInt8]?

    var values: [Value] { [.integer(generation), .blob(rootPublic), .optional(signature)] }

    init(generation: Int64, rootPublic: [UInt8], signature: [UInt8]?) {
        (self.generation, self.rootPublic, self.signature) = (generation, rootPublic, signature)
    }

    init(reading row: inout RowReader) throws(VaultError) {
        generation = row.integer()
        rootPublic = row.blob()
        signature = row.optionalBlob()
        guard (signature == nil) == (generation == 1) else { throw row.damage() }
    }
}

enum Lineage {
    /// ctx("lineage", vault_id, g, root_public_g): what generation g−1 signs.
    static func message(_ vault: VaultID, _ row: LineageRow) -> [UInt8] {
        BoundContext(
            .lineage, .blob(vault.bytes), .integer(row.generation), .blob(row.rootPublic)
        ).bytes
    }

    /// The vault's name: the first 16 bytes of H(ctx("vault-id", root_public_1)).
    static func vaultID(rootPublic: [UInt8]) throws(VaultError) -> VaultID {
        let hash = try Digest.hash(BoundContext(.vaultID, .blob(rootPublic)).bytes)
        guard let id = VaultID(bytes: Array(hash.prefix(16))) else { throw .damaged(.limits) }
        return id
    }

    /// Holds when vault_id belongs to row 1 and each row is signed by the one before. The rows are known to be
    /// 1…g (that is checked without a key).
    static func holds(_ rows: [LineageRow], vault: VaultID) throws(VaultError) -> Bool {
        guard let first = rows.first, try vaultID(rootPublic: first.rootPublic) == vault else { return false }
        for (former, row) in zip(rows, rows.dropFirst()) {
            guard let signature = row.signature,
                Ed25519.verify(signature, of: message(vault, row), by: former.rootPublic)
            else { return false }
        }
        return true
    }
}
