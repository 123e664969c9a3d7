internal import Secrets

/// SECURITY.md, Keys and Lineage, from the writer's side.
enum Keys {
    static func publicKey(_ identity: [UInt8]) throws -> [UInt8] {
        try Identity(secret: secret(identity)).publicKey
    }

    /// sign_g.
    static func signing(_ root: [UInt8], _ generation: Int) throws -> SigningKey {
        let info = Context("lineage-key", .integer(Int64(generation))).bytes
        return try SigningKey(seed: HKDF.expandSHA512(key: secret(root), info: info, count: 32))
    }

    static func vaultID(of rootPublic: [UInt8]) throws -> [UInt8] {
        Array(try SHA256.hash(Context("vault-id", .blob(rootPublic)).bytes).prefix(16))
    }

    /// K_seal or K_mac.
    static func derived(_ label: String, _ root: [UInt8], _ vaultID: [UInt8], _ generation: Int64) throws
        -> [UInt8]
    {
        let info = Context(label, .blob(vaultID), .integer(generation)).bytes
        return clear(try HKDF.expandSHA512(key: secret(root), info: info, count: 32))
    }

    static func lineageRow(_ generation: Int, of roots: [[UInt8]], _ vaultID: [UInt8]) throws -> Row {
        let mine = try signing(roots[generation - 1], generation).publicKey
        let row: Row = [
            "generation": .integer(Int64(generation)), "root_public": .blob(mine), "signature": nil,
        ]
        guard generation > 1 else { return row }
        return try signed(row, by: roots[generation - 2], generation - 1, vaultID)
    }

    static func signed(_ row: Row, by root: [UInt8], _ generation: Int, _ vaultID: [UInt8]) throws -> Row {
        var row = row
        let message = Context("lineage", .blob(vaultID), row["generation"]!, row["root_public"]!).bytes
        row["signature"] = .blob(try signing(root, generation).sign(message))
        return row
    }

    /// sealed_identity, 104 bytes.
    static func seal(
        _ identity: [UInt8], in slot: Row, _ vaultID: [UInt8], under passphrase: String
    ) throws -> [UInt8] {
        let input = try secret(SHA256.hash(Context("passphrase", Cell(passphrase)).bytes))
        let salt = Context("scrypt", .blob(vaultID), slot["slot_id"]!).bytes + slot["salt"]!.blob
        let key = try Scrypt.derive(
            input, salt: salt, logN: Int(slot["log_n"]!.integer), r: Int(slot["r"]!.integer),
            p: Int(slot["p"]!.integer), count: 32)
        var context = Context("slot-identity", .blob(vaultID))
        for name in ["slot_id", "kdf", "log_n", "r", "p", "salt", "public_key"] {
            context.append(slot[name]!)
        }
        return try seal(identity, key: clear(key), context: context.bytes)
    }

    /// C256, head ‖ body.
    static func seal(_ message: [UInt8], key: [UInt8], context: [UInt8]) throws -> [UInt8] {
        let salt = try Seed.bytes(
            "salt24", sealing: .blob(key), .blob(context), .blob(message), count: 24)
        let sealed = try Cobblestone.seal(secret(message), key: secret(key), context: context, salt: salt)
        return sealed.head + sealed.body
    }

    /// wrapped_root, 80 bytes. `kind` can be another than the slot's.
    static func wrap(
        _ root: [UInt8], in slot: Row, _ vaultID: [UInt8], _ generation: Int64, kind: Cell? = nil
    ) throws -> [UInt8] {
        let info = Context(
            "slot-root", .blob(vaultID), .integer(generation), slot["slot_id"]!, kind ?? slot["kind"]!,
            slot["public_key"]!
        ).bytes
        let ephemeral = try Seed.bytes("ephemeral", sealing: .blob(info), .blob(root))
        return try HPKE.seal(
            secret(root), to: slot["public_key"]!.blob, info: info, aead: .aes256GCM,
            ephemeral: Identity(secret: secret(ephemeral)))
    }
}
