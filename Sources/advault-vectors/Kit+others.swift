internal import Secrets

extension Kit {
    mutating func addOtherAnswers(_ vaults: Vaults) throws {
        try addWrongKeys(vaults)
        try addNewerFormats(vaults)
        try addCostly(vaults)
    }

    private mutating func addWrongKeys(_ vaults: Vaults) throws {
        let base = vaults.slots
        let person = base.passphraseSlot
        let right: Vector.Key = .passphrase(TestKeys.passphrase)
        ask("both-slots", "wrong-machine", "a machine that is not enrolled", .wrongKey, .stranger)
        ask(
            "both-slots", "wrong-passphrase", "another passphrase", .wrongKey,
            .passphrase(TestKeys.wrongPassphrase))
        ask(
            "passphrase-slot", "passphrase-normalised", "the passphrase in Unicode's other form",
            .wrongKey, .passphrase(TestKeys.decomposed))
        ask(
            "passphrase-slot", "passphrase-longer", "the passphrase and a space",
            .wrongKey, .passphrase(TestKeys.passphrase + " "))
        ask(
            "machine-slot", "passphrase-without-slot", "a passphrase where there are machine slots only",
            .wrongKey, right)
        ask(
            "passphrase-slot", "machine-without-slot", "a machine key where there are passphrase slots only",
            .wrongKey)
        ask(
            "two-passphrases", "slot-of-other", "the other slot's passphrase for the slot that is named",
            .wrongKey, right, slot: "deputy")
        try add("slot-in-hand-deleted", "the slot in hand deleted", .wrongKey, base, .content) {
            $0.rows[.slot]!.remove(at: $0.machineSlot)
        }
        try add(
            "slot-kind", "the machine's key under a passphrase slot", .wrongKey, vaults.passphrase, .content
        ) { draft in
            draft[.slot, "public_key"] = .blob(try TestKeys.machine().publicKey)
        }
        try add(
            "identity-commitment", "a bit of the commitment of sealed_identity", .wrongKey, base, .content,
            right
        ) { draft in
            var bytes = draft[.slot, person, "sealed_identity"].blob
            bytes[24] ^= 1
            draft[.slot, person, "sealed_identity"] = .blob(bytes)
        }
        for (name, description, column, value): (String, String, String, Cell) in [
            ("kdf-salt", "a bit of scrypt's salt", "salt", base[.slot, person, "salt"].flipped),
            ("kdf-log-n", "log_n 16 where it was 15", "log_n", 16),
            (
                "slot-public-key", "a passphrase slot's public key replaced", "public_key",
                .blob(try Seed.bytes("replaced"))
            ),
        ] {
            try add(name, description, .wrongKey, base, .content, right) { $0[.slot, person, column] = value }
        }
    }

    private mutating func addNewerFormats(_ vaults: Vaults) throws {
        try add("format-2", "format 2, all else as in format 1", .newerFormat, vaults.full, .nothing) {
            $0[.vault, "format"] = 2
        }
        try add("format-huge", "format 2^63−1", .newerFormat, vaults.full, .nothing) {
            $0[.vault, "format"] = .integer(.max)
        }
        add(
            "format-2-tables", "format 2 with other tables and columns",
            file: try Self.vault("CREATE TABLE vault (\n    format INTEGER NOT NULL,\n    further TEXT\n)"),
            .newerFormat)
        add(
            "format-computed", "a format that is computed: not asked, and damage",
            file: try Self.vault(
                "CREATE TABLE vault (further INTEGER, also TEXT, format INTEGER AS (further))"),
            .damaged)
        add(
            "format-view", "a view in the place of vault that gives 2 for ever: not asked, and damage",
            file: try DatabaseImage.make(
                statements: [
                    "CREATE VIEW vault AS WITH RECURSIVE n(format) AS (SELECT 2 UNION ALL SELECT 2 FROM n) "
                        + "SELECT format FROM n"
                ], []), .damaged)
    }

    private static func vault(_ statement: String) throws -> [UInt8] {
        try DatabaseImage.make(statements: [statement], [("vault", [2, "unknown"])])
    }

    /// A slot of 2^20 that nobody ever stretched a passphrase for, beside one that opens.
    private mutating func addCostly(_ vaults: Vaults) throws {
        var draft = vaults.passphrase
        try draft.plantSlots(like: 0, count: 1)
        draft[.slot, 1, "log_n"] = 20
        try draft.settle()
        let key: Vector.Key = .passphrase(TestKeys.passphrase)
        add(
            "too-costly", "slots of 2^20 and 2^15 for one passphrase", file: try draft.image(), .tooCostly,
            key)
        ask(
            "too-costly", "too-costly-named", "the same file, the cheaper slot named", .success(draft.opened),
            key,
            slot: "owner")
        try add("too-costly-eight", "eight slots of 2^18", .tooCostly, vaults.passphrase, .content, key) {
            draft in
            try draft.plantSlots(like: 0, count: 7)
            for index in draft.rows[.slot]!.indices { draft[.slot, index, "log_n"] = 18 }
        }
    }
}
