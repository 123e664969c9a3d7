extension Kit {
    /// The file itself, its schema, and how many rows there are.
    mutating func addDamagedFiles(_ vaults: Vaults) throws {
        let whole = try vaults.full.image()
        add("empty-file", "no byte at all", file: [], .damaged)
        add("no-database", "text", file: Array("This is no vault.\n".utf8), .damaged)
        add("cut-off", "the first half of a vault", file: Array(whole.prefix(whole.count / 2)), .damaged)
        add(
            "journal-mode", "journal mode DELETE, not WAL",
            file: changed(whole) { ($0[18], $0[19]) = (1, 1) }, .damaged)
        add("encoding", "text encoding UTF-16le", file: try vaults.full.image(encoding: "UTF-16le"), .damaged)
        add(
            "schema-table", "a seventh table",
            file: try vaults.full.image(extra: ["CREATE TABLE extra (a INTEGER) STRICT"]), .damaged)
        add(
            "schema-index", "an index",
            file: try vaults.full.image(extra: ["CREATE INDEX i ON connection (name)"]),
            .damaged)
        add(
            "schema-trigger", "a trigger that would delete connections",
            file: try vaults.full.image(extra: [
                "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM connection; END"
            ]), .damaged)
        add(
            "schema-spelling", "a statement with one letter in the other case",
            file: replaced(whole, "CREATE TABLE event", "CREATE TABLe event"), .damaged)
        add(
            "rows-out-of-order", "the slots stand in descending order",
            file: try slotsOutOfOrder(vaults.slots), .damaged)
        try add("no-vault-row", "no row in vault", .damaged, vaults.full, .nothing) { $0.rows[.vault] = [] }
        try add("two-vault-rows", "two rows in vault", .damaged, vaults.full, .nothing) { draft in
            var other = draft.rows[.vault]![0]
            other["vault_id"] = other["vault_id"]!.flipped
            draft.rows[.vault]!.append(other)
        }
    }

    /// Rows of the wrong form. `content` fits, so that it is the form that must be seen.
    mutating func addDamagedRows(_ vaults: Vaults) throws {
        let full = vaults.full
        try add("content", "a bit of content", .damaged, full, .nothing) {
            $0[.vault, "content"] = $0[.vault, "content"].flipped
        }
        try add("content-stale", "the access clock set forward", .damaged, full, .nothing) {
            $0[.connection, "access_expires_at"] = 4_000_000_000
        }
        for (name, description, table, column, value): (String, String, Table, String, Cell) in [
            ("state-word", "a state that is no word of the list", .connection, "state", "fine"),
            (
                "last-error-word", "a last_error that is no word of the list", .connection, "last_error",
                "bad luck"
            ),
            ("operation-word", "an operation that is no word of the list", .event, "operation", "steal"),
            ("name-empty", "a connection's name is empty", .connection, "name", ""),
            ("name-nul", "U+0000 in a connection's name", .connection, "name", .text([0x61, 0, 0x62])),
            ("name-not-utf8", "a connection's name is not UTF-8", .connection, "name", .text([0x61, 0xFF])),
            (
                "name-surrogate", "a connection's name is a lone surrogate", .connection, "name",
                .text([0xED, 0xA0, 0x80])
            ),
            (
                "name-long", "a connection's name of 1,025 bytes", .connection, "name",
                Cell(String(repeating: "a", count: 1_025))
            ),
            (
                "scopes-long", "scopes of 4,097 bytes", .connection, "scopes",
                Cell(String(repeating: "a", count: 4_097))
            ),
            ("time-negative", "a time before 1970", .connection, "created_at", -1),
            ("version-0", "an app of version 0", .app, "version", 0),
            ("app-of-nothing", "a connection of an app that is not there", .connection, "app_id", .zeros(16)),
            ("head-short", "a head of 55 bytes", .connection, "head", .zeros(55)),
            ("body-empty", "a body without a byte", .connection, "body", .zeros(0)),
            ("body-no-unit", "a body one byte short of its unit", .connection, "body", .zeros(2_063)),
            (
                "body-over-limit", "a body of eight units, one byte more than is allowed", .connection,
                "body", .zeros(16_400)
            ),
            (
                "first-chain", "first_chain is not zero although first_seq is 1", .vault, "first_chain",
                .blob(.init(repeating: 1, count: 32))
            ),
            ("epoch-0", "epoch 0", .vault, "epoch", 0),
            ("format-0", "format 0", .vault, "format", 0),
            ("lineage-signed-first", "a signature in row 1 of lineage", .lineage, "signature", .zeros(64)),
            ("generation-missing", "generation 2 and one row of lineage", .vault, "generation", 2),
        ] {
            try add(name, description, .damaged, full, .content) { $0[table, column] = value }
        }
        try addDamagedSlots(vaults.slots)
        try add("lineage-unsigned", "no signature in row 2 of lineage", .damaged, vaults.second, .content) {
            $0[.lineage, 1, "signature"] = nil
        }
        try add("event-newest", "the newest event's outcome changed", .damaged, full, .content) {
            $0[.event, $0.rows[.event]!.count - 1, "outcome"] = "failed"
        }
        try add("lineage-gap", "rows 1 and 3 of lineage", .damaged, vaults.second, .content) {
            $0[.lineage, 1, "generation"] = 3
        }
        try add(
            "event-before-first", "the newest event is older than first_seq", .damaged, vaults.pruned,
            .content
        ) {
            $0[.vault, "first_seq"] = 9
        }
    }

    private mutating func addDamagedSlots(_ base: Draft) throws {
        let (person, machine) = (base.passphraseSlot, base.machineSlot)
        for (name, description, slot, column, value): (String, String, Int, String, Cell) in [
            ("log-n-14", "scrypt cheaper than is allowed", person, "log_n", 14),
            ("log-n-21", "scrypt dearer than is allowed", person, "log_n", 21),
            ("log-n-huge", "log_n 2^62", person, "log_n", .integer(1 << 62)),
            ("r-16", "r 16", person, "r", 16),
            ("p-2", "p 2", person, "p", 2),
            ("kdf-word", "a KDF that is not known", person, "kdf", "argon2id"),
            ("salt-null", "a passphrase slot without a salt", person, "salt", nil),
            ("machine-kdf", "a machine slot with a KDF", machine, "kdf", "scrypt"),
            ("kind-word", "a kind that is no word of the list", machine, "kind", "robot"),
            ("label-twice", "two slots of one label", machine, "label", "owner"),
            (
                "public-key-twice", "a public key enrolled twice", person, "public_key",
                base[.slot, machine, "public_key"]
            ),
        ] {
            try add(name, description, .damaged, base, .content) { $0[.slot, slot, column] = value }
        }
        try add("no-slot", "no slot", .damaged, base, .content) { $0.rows[.slot] = [] }
        try add("slots-65", "65 slots", .damaged, base, .content) {
            try $0.plantSlots(like: machine, count: 63)
        }
        try add("passphrase-slots-9", "nine passphrase slots", .damaged, base, .content) {
            try $0.plantSlots(like: person, count: 8)
        }
    }

    private func changed(_ bytes: [UInt8], _ body: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = bytes
        body(&bytes)
        return bytes
    }

    private func replaced(_ bytes: [UInt8], _ text: String, _ other: String) -> [UInt8] {
        var bytes = bytes
        for range in bytes.ranges(of: Array(text.utf8)) {
            bytes.replaceSubrange(range, with: Array(other.utf8))
        }
        return bytes
    }

    /// Rows that are right, in an order that SQLite would never give them: the IDs change places in the rows before
    /// the file is made, and back again in its bytes after. `content` and manifest fit the order of the file.
    private func slotsOutOfOrder(_ base: Draft) throws -> [UInt8] {
        var draft = base
        for index in draft.rows[.event]!.indices { draft[.event, index, "slot_id"] = nil }
        try draft.linkJournal()
        try draft.fixContent(slots: draft.scan(.slot).reversed())
        try draft.fixManifest()
        let (one, other) = (draft[.slot, 0, "slot_id"], draft[.slot, 1, "slot_id"])
        (draft[.slot, 0, "slot_id"], draft[.slot, 1, "slot_id"]) = (other, one)
        var bytes = try draft.image()
        let (ones, others) = (bytes.ranges(of: one.blob), bytes.ranges(of: other.blob))
        for range in ones { bytes.replaceSubrange(range, with: other.blob) }
        for range in others { bytes.replaceSubrange(range, with: one.blob) }
        return bytes
    }
}

extension Draft {
    /// Copies of a slot under IDs, labels and public keys of their own. None of them opens.
    mutating func plantSlots(like index: Int, count: Int) throws {
        for number in 1...count {
            var slot = rows[.slot]![index]
            (slot["slot_id"], slot["label"]) = (try id("planted/\(number)"), Cell("planted-\(number)"))
            slot["public_key"] = .blob(try Seed.bytes("planted/\(number)"))
            rows[.slot]!.append(slot)
        }
    }
}
