internal import Secrets

/// One vault before and after a new root key: two passphrase slots and a machine's, an app and a connection.
struct Rekeyed {
    /// Generation 1: what someone kept.
    let former: Draft
    /// Generation 2 with all slots.
    let rotated: Draft
    /// Generation 2 without the machine's slot.
    let removed: Draft
    /// Generation 2 of somebody who holds the former root and nothing of the other generation 2.
    let forked: Draft

    private static let name = "three-slots"

    static func make() throws -> Rekeyed {
        var forked = try Draft(name, generations: 2)
        forked.roots[1] = try Seed.bytes("former holder")
        var row = forked.rows[.lineage]![1]
        row["root_public"] = .blob(try Keys.signing(forked.roots[1], 2).publicKey)
        forked.rows[.lineage]![1] = try Keys.signed(row, by: forked.roots[0], 1, forked.vaultID)
        return Rekeyed(
            former: try filled(Draft(name)), rotated: try filled(Draft(name, generations: 2)),
            removed: try filled(Draft(name, generations: 2), hasMachine: false), forked: try filled(forked))
    }

    private static func filled(_ empty: Draft, hasMachine: Bool = true) throws -> Draft {
        var draft = empty
        try draft.addSlot(passphrase: TestKeys.passphrase)
        if hasMachine { try draft.addSlot(machine: TestKeys.machine().publicKey) }
        try draft.addSlot(passphrase: TestKeys.secondPassphrase, label: "deputy")
        try draft.addApp("agency", secrets: [Tagged(1, "client-secret-for-tests")])
        try draft.addConnection("member", secrets: Vaults.all)
        if draft.generation > 1 { try draft.note(hasMachine ? "key-rotate" : "key-remove") }
        try draft.settle()
        return draft
    }
}
