internal import Secrets

// After a new root key: who still opens what, and what a former holder may try with the former root in hand.

extension Kit {
    mutating func addRekeyed(_ vaults: Rekeyed) throws {
        try addGenerations(vaults)
        try addFormerHolders(vaults)
        try addLeftOut(vaults.rotated)
    }

    private mutating func addGenerations(_ vaults: Rekeyed) throws {
        let (one, two) = (
            Vector.Key.passphrase(TestKeys.passphrase), Vector.Key.passphrase(TestKeys.secondPassphrase)
        )
        for (name, description, draft) in [
            ("three-slots", "generation 2 with three slots of both kinds", vaults.rotated),
            ("three-slots-former", "generation 1 of the same vault: an older copy opens", vaults.former),
            (
                "three-slots-forked",
                "another generation 2, made by who holds the former root: told by an anchor alone",
                vaults.forked
            ),
        ] {
            let file = try draft.image()
            add(name, description, file: file, .success(draft.opened), .machine)
            ask(name, name + "-owner", "the same file, the first passphrase", .success(draft.opened), one)
            ask(name, name + "-deputy", "the same file, the other passphrase", .success(draft.opened), two)
            ask(
                name, name + "-pinned", "the same file, its vault ID pinned", .success(draft.opened),
                pin: draft.vaultID)
            ask(name, name + "-stranger", "the same file, a machine of no slot", .wrongKey, .stranger)
            ask(name, name + "-slot-of-other", "the other slot named", .wrongKey, one, slot: "deputy")
        }
        add(
            "machine-removed", "generation 2 without the machine's slot", file: try vaults.removed.image(),
            .wrongKey)
        ask(
            "machine-removed", "machine-removed-owner", "the same file, a key that stayed",
            .success(vaults.removed.opened), one)
    }

    /// The removed machine has its key, the former file and, by these, the former root.
    private mutating func addFormerHolders(_ vaults: Rekeyed) throws {
        let former = vaults.former
        let slot = former.rows[.slot]![former.machineSlot]
        try add(
            "removed-slot-put-back", "the removed slot as it was", .tampered, vaults.removed, .content
        ) {
            $0.rows[.slot]!.append(slot)
        }
        try add(
            "removed-slot-wrapped-anew", "the removed slot, the former root wrapped for generation 2",
            .tampered, vaults.removed, .nothing
        ) { draft in
            var again = slot
            again["wrapped_root"] = .blob(try Keys.wrap(former.roots[0], in: slot, draft.vaultID, 2))
            draft.rows[.slot]!.append(again)
            try draft.fixContent()
            try draft.fixManifest(root: former.roots[0])
        }
        try add(
            "former-keys-new-rows", "the former generation's keys and lineage around the new rows", .tampered,
            vaults.former, .all
        ) { draft in
            draft.rows[.app] = vaults.rotated.rows[.app]
            draft.rows[.connection] = vaults.rotated.rows[.connection]
        }
        try add(
            "generation-not-signed", "generation 2 signed by a root that never was", .tampered, vaults.forked,
            .all
        ) { draft in
            draft.rows[.lineage]![1] = try Keys.signed(
                draft.rows[.lineage]![1], by: Seed.bytes("never"), 1, draft.vaultID)
        }
        try add(
            "generation-of-fork", "the fork's lineage over the other generation 2", .tampered, vaults.rotated,
            .content
        ) {
            $0.rows[.lineage] = vaults.forked.rows[.lineage]
        }
    }

    /// What a rotation that forgot something would leave, all else being right.
    private mutating func addLeftOut(_ rotated: Draft) throws {
        let former = rotated.roots[0]
        let framed = Framing.encode(Vaults.all, unit: Framing.unit(of: .connection))
        try add("slot-left-out", "a slot that still wraps the former root", .tampered, rotated, .all) {
            draft in
            let index = draft.machineSlot
            draft[.slot, index, "wrapped_root"] = .blob(
                try Keys.wrap(former, in: draft.rows[.slot]![index], draft.vaultID, 1))
        }
        try add("row-left-out", "a row as the former generation sealed it", .tampered, rotated, .all) {
            try $0.seal(.connection, 0, framed, generation: 1, root: former, ofGeneration: 1)
        }
        try add("row-former-root", "a row sealed anew under the former root", .tampered, rotated, .all) {
            try $0.seal(.connection, 0, framed, root: former)
        }
        try add("manifest-former-root", "a manifest under the former root", .tampered, rotated, .nothing) {
            try $0.fixManifest(root: former)
        }
    }
}
