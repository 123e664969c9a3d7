internal import Secrets

extension Kit {
    /// What a writer without a key does to rows.
    mutating func addTamperedRows(_ vaults: Vaults) throws {
        let full = vaults.full
        try add("manifest", "a bit of the manifest", .tampered, full, .nothing) {
            $0[.vault, "manifest"] = $0[.vault, "manifest"].flipped
        }
        for (name, description, table, column, value): (String, String, Table, String, Cell) in [
            ("epoch-raised", "the epoch raised", .vault, "epoch", 1_000),
            ("vault-created-at", "the vault's birth moved", .vault, "created_at", 1),
            ("access-clock", "the access clock set forward", .connection, "access_expires_at", 4_000_000_000),
            ("pending-set", "pending set where NULL stood", .connection, "pending", 0),
            ("tags-null", "NULL where tags stood", .connection, "tags", nil),
            (
                "redirect-moved", "an app's redirect URI moved", .app, "redirect_uri",
                "http://localhost:9999/x"
            ),
            ("provider-moved", "an app's provider moved", .app, "provider", "other"),
            ("label-moved", "the label of the other slot moved", .slot, "label", "moved"),
        ] {
            try add(name, description, .tampered, full, .content) { $0[table, column] = value }
        }
        try add("tags-emptied", "empty tags where NULL stood", .tampered, try untagged(), .content) {
            $0[.connection, "tags"] = ""
        }
        try add("connection-deleted", "a connection deleted", .tampered, full, .content) {
            $0.rows[.connection] = []
        }
        try add("connection-renumbered", "a connection under another ID", .tampered, full, .content) {
            $0[.connection, "connection_id"] = $0[.connection, "connection_id"].flipped
        }
        try add("slot-deleted", "the other slot deleted", .tampered, full, .content) {
            $0.rows[.slot]!.remove(at: $0.passphraseSlot)
        }
        try add("slot-planted", "a slot planted", .tampered, full, .content) {
            try $0.plantSlots(like: $0.machineSlot, count: 1)
        }
        try add("head", "a bit of a head", .tampered, full, .content) {
            $0[.connection, "head"] = $0[.connection, "head"].flipped
        }
        try add("body", "a bit of a body: seen when the secret is opened", .tampered, full, .nothing) {
            $0[.connection, "body"] = $0[.connection, "body"].flipped
        }
        try add("event-changed", "an old event's outcome changed: seen by verify", .tampered, full, .nothing)
        {
            $0[.event, 1, "outcome"] = "failed"
        }
        try add("event-chain", "a bit of an old event's chain: seen by verify", .tampered, full, .nothing) {
            $0[.event, 1, "chain"] = $0[.event, 1, "chain"].flipped
        }
        try add("event-deleted", "the newest event deleted", .tampered, full, .content) {
            $0.rows[.event]!.removeLast()
        }
        try add("journal-laundered", "the journal begun later", .tampered, full, .content) { draft in
            draft[.vault, "first_seq"] = 2
            draft[.vault, "first_chain"] = draft[.event, 0, "chain"]
            draft.rows[.event]!.removeFirst()
        }
        ask(
            "both-slots", "pin", "another vault ID is pinned", .tampered, pin: vaults.machine.vaultID)
    }

    /// The full vault with NULL for tags.
    private func untagged() throws -> Draft {
        var draft = try Draft("untagged")
        try draft.addSlot(machine: TestKeys.machine().publicKey)
        try draft.addApp("agency", secrets: [])
        try draft.addConnection("member", secrets: []) { $0["tags"] = Cell.null }
        try draft.settle()
        return draft
    }

    /// Slots, root keys and lineage; forgers who wrap roots of their own to the public keys.
    mutating func addTamperedKeys(_ vaults: Vaults) throws {
        let base = vaults.slots
        let (person, machine) = (base.passphraseSlot, base.machineSlot)
        let key: Vector.Key = .passphrase(TestKeys.passphrase)
        try add("wrapped-root", "a bit of the ciphertext of wrapped_root", .tampered, base, .content) {
            draft in
            var bytes = draft[.slot, machine, "wrapped_root"].blob
            bytes[40] ^= 1
            draft[.slot, machine, "wrapped_root"] = .blob(bytes)
        }
        try add("wrapped-root-of-other", "the other slot's wrapped_root", .tampered, base, .content) {
            $0[.slot, machine, "wrapped_root"] = $0[.slot, person, "wrapped_root"]
        }
        try add("wrapped-root-low-order", "an encapsulation of low order", .tampered, base, .content) {
            $0[.slot, machine, "wrapped_root"] = .zeros(80)
        }
        try add("wrapped-root-kind", "wrapped_root bound to the other kind of slot", .tampered, base, .all) {
            draft in
            let slot = draft.rows[.slot]![machine]
            draft[.slot, machine, "wrapped_root"] = .blob(
                try Keys.wrap(draft.roots[0], in: slot, draft.vaultID, 1, kind: "passphrase"))
        }
        try add("wrapped-root-generation", "wrapped_root bound to another generation", .tampered, base, .all)
        { draft in
            let slot = draft.rows[.slot]![machine]
            draft[.slot, machine, "wrapped_root"] = .blob(
                try Keys.wrap(draft.roots[0], in: slot, draft.vaultID, 2))
        }
        try add("identity-body", "a bit of the ciphertext of sealed_identity", .tampered, base, .content, key)
        { draft in
            var bytes = draft[.slot, person, "sealed_identity"].blob
            bytes[60] ^= 1
            draft[.slot, person, "sealed_identity"] = .blob(bytes)
        }
        try add(
            "identity-of-other", "the sealed identity is not that of public_key", .tampered, base, .all, key
        ) { draft in
            let slot = draft.rows[.slot]![person]
            draft[.slot, person, "sealed_identity"] = .blob(
                try Keys.seal(Seed.bytes("stranger"), in: slot, draft.vaultID, under: TestKeys.passphrase))
        }
        let forged = try Seed.bytes("forger")
        try add(
            "forged-root", "a forger's root, wrapped to the public keys; the lineage as it was", .tampered,
            base, .nothing
        ) {
            try $0.forge(forged)
        }
        try add(
            "forged-lineage", "a forger's root, wrapped to the public keys, and the lineage made of it",
            .tampered, base, .nothing
        ) { draft in
            draft[.lineage, "root_public"] = .blob(try Keys.signing(forged, 1).publicKey)
            try draft.forge(forged)
        }
        try add("signature", "a bit of the signature of generation 2", .tampered, vaults.second, .all) {
            $0[.lineage, 1, "signature"] = $0[.lineage, 1, "signature"].flipped
        }
        try add("signature-by-itself", "generation 2 signed by its own root", .tampered, vaults.second, .all)
        { draft in
            let row = draft.rows[.lineage]![1]
            draft.rows[.lineage]![1] = try Keys.signed(row, by: draft.roots[1], 2, draft.vaultID)
        }
    }

    /// Rows that somebody with the root key sealed wrongly: all before the row's own secrets holds.
    mutating func addTamperedSecrets(_ vaults: Vaults) throws {
        let full = vaults.full
        let token: [UInt8] = Tagged(2, "token").framed
        func connection(_ name: String, _ description: String, _ framed: [UInt8], in kit: inout Kit) throws {
            try kit.add(name, description, .tampered, full, .all) { try $0.seal(.connection, 0, framed) }
        }
        func frame(_ secrets: Tagged...) -> [UInt8] { Framing.encode(secrets, unit: 2_048) }
        try connection("tag-unknown", "tag 5", frame(Tagged(5, "x")), in: &self)
        try connection("tag-of-app", "an app's tag in a connection", frame(Tagged(1, "x")), in: &self)
        try connection("tags-descending", "tags 3, 2", frame(Tagged(3, "x"), Tagged(2, "y")), in: &self)
        try connection("tag-twice", "tag 2 twice", frame(Tagged(2, "x"), Tagged(2, "y")), in: &self)
        try connection("length-0", "a secret without a byte", frame(Tagged(2, "")), in: &self)
        try connection(
            "length-over", "a length that runs over the end", Framing.pad([2, 0, 0, 0x08, 0], 2_048),
            in: &self)
        try connection(
            "length-huge", "a length of 2^32−1", Framing.pad([2, 255, 255, 255, 255, 1], 2_048), in: &self)
        try connection(
            "length-cut-off", "the end of the unit comes within a length",
            frame(Tagged(2, String(repeating: "t", count: 2_040))).dropLast(3) + [3, 0, 0], in: &self)
        try connection(
            "account-long", "an account of 257 bytes", frame(Tagged(4, String(repeating: "a", count: 257))),
            in: &self)
        try connection(
            "token-long", "a token of 7,001 bytes", frame(Tagged(2, String(repeating: "t", count: 7_001))),
            in: &self)
        try connection(
            "padding", "a padding byte that is not zero", Framing.pad(token, 2_048).dropLast() + [1],
            in: &self)
        try connection("padding-unit", "a unit of padding too many", Framing.pad(token, 4_096), in: &self)
        try connection(
            "padding-alone", "two units without a secret", .init(repeating: 0, count: 4_096), in: &self)
        try add("app-tag-2", "a connection's tag in an app", .tampered, full, .all) {
            try $0.seal(.app, 0, Framing.encode([Tagged(2, "x")], unit: 512))
        }
        try add("sealed-version", "a row sealed under its former version", .tampered, full, .all) {
            $0[.connection, "version"] = 2
        }
        try add("sealed-generation", "a row sealed under another generation", .tampered, full, .all) {
            try $0.seal(.connection, 0, frame(Tagged(2, "x")), generation: 2)
        }
        try add("sealed-table", "a connection sealed as an app", .tampered, full, .all) {
            try $0.seal(.connection, 0, frame(Tagged(2, "x")), label: "app")
        }
    }
}

extension Tagged {
    var framed: [UInt8] { [tag] + bigEndian(UInt32(value.count)) + value }
}

extension Draft {
    /// What a forger does who knows the public keys and the vault ID: a root of their own in every slot, and all
    /// that follows from it.
    mutating func forge(_ root: [UInt8]) throws {
        for index in rows[.slot]!.indices {
            self[.slot, index, "wrapped_root"] = .blob(
                try Keys.wrap(root, in: rows[.slot]![index], vaultID, 1))
        }
        try fixContent()
        try fixManifest(root: root)
    }
}
