internal import Secrets

/// The vaults without a fault; the others are made of them.
struct Vaults {
    var passphrase: Draft
    var machine: Draft
    /// A passphrase slot, a machine slot, an app and a connection with all secrets.
    var full: Draft
    /// The same two slots and no rows: smaller, for the faults of slots.
    var slots: Draft
    var bare: Draft
    var second: Draft
    var filled: Draft
    var pruned: Draft
    var twoPassphrases: Draft
    var rekeyed: Rekeyed

    static func make() throws -> Vaults {
        Vaults(
            passphrase: try passphraseOnly(), machine: try machineOnly("machine-slot"), full: try full(),
            slots: try slots(),
            bare: try bare(), second: try second(), filled: try filled(), pruned: try pruned(),
            twoPassphrases: try twoPassphrases(), rekeyed: try Rekeyed.make())
    }

    private static func passphraseOnly() throws -> Draft {
        var draft = try Draft("passphrase-slot")
        try draft.addSlot(passphrase: TestKeys.passphrase)
        try draft.settle()
        return draft
    }

    private static func machineOnly(_ name: String, generations: Int = 1) throws -> Draft {
        var draft = try Draft(name, generations: generations)
        try draft.addSlot(machine: TestKeys.machine().publicKey)
        try draft.settle()
        return draft
    }

    static let all = [
        Tagged(2, "access-token-for-tests"), Tagged(3, "refresh-token-for-tests"),
        Tagged(4, "account-for-tests"),
    ]

    private static func full() throws -> Draft {
        var draft = try Draft("both-slots")
        try draft.addSlot(passphrase: TestKeys.passphrase)
        try draft.addSlot(machine: TestKeys.machine().publicKey)
        try draft.addApp("agency", secrets: [Tagged(1, "client-secret-for-tests")])
        try draft.addConnection("member", secrets: all)
        try draft.settle()
        return draft
    }

    private static func slots() throws -> Draft {
        var draft = try Draft("slots")
        try draft.addSlot(passphrase: TestKeys.passphrase)
        try draft.addSlot(machine: TestKeys.machine().publicKey)
        try draft.settle()
        return draft
    }

    private static func bare() throws -> Draft {
        var draft = try machineOnly("bare-rows")
        try draft.addApp("public", secrets: [])
        try draft.addConnection("interrupted", secrets: []) { row in
            (row["scopes"], row["tags"]) = ("", "")
            for name in ["access_expires_at", "refresh_expires_at", "consented_at", "refreshed_at"] {
                row[name] = Cell.null
            }
            (row["state"], row["last_error"], row["pending"]) = (
                "interrupted", "network", .integer(Draft.now)
            )
        }
        try draft.settle()
        return draft
    }

    private static func second() throws -> Draft {
        var draft = try machineOnly("second-generation", generations: 2)
        try draft.addApp("agency", secrets: [Tagged(1, "client-secret-for-tests")])
        try draft.settle()
        return draft
    }

    /// 2,043 bytes and their frame of five are one unit to the byte.
    private static func filled() throws -> Draft {
        var draft = try machineOnly("filled-unit")
        try draft.addApp("\u{F6}ffentlich", secrets: [Tagged(1, String(repeating: "s", count: 507))])
        try draft.addConnection("member", secrets: [Tagged(2, String(repeating: "t", count: 2_043))])
        try draft.settle()
        return draft
    }

    /// Events 1 and 2 are gone.
    private static func pruned() throws -> Draft {
        var draft = try machineOnly("pruned-journal")
        for _ in 1...3 { try draft.note("test") }
        try draft.linkJournal()
        draft[.vault, "first_seq"] = 3
        draft[.vault, "first_chain"] = draft[.event, 1, "chain"]
        draft.rows[.event]!.removeFirst(2)
        try draft.settle()
        return draft
    }

    private static func twoPassphrases() throws -> Draft {
        var draft = try Draft("two-passphrases")
        try draft.addSlot(passphrase: TestKeys.passphrase)
        try draft.addSlot(passphrase: TestKeys.secondPassphrase, label: "deputy")
        try draft.settle()
        return draft
    }
}
