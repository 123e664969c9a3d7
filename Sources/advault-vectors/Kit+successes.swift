extension Kit {
    mutating func addSuccesses(_ vaults: Vaults) throws {
        let one: Vector.Key = .passphrase(TestKeys.passphrase)
        let two: Vector.Key = .passphrase(TestKeys.secondPassphrase)
        try open(
            "passphrase-slot", "one passphrase slot, no rows; the passphrase is not ASCII", vaults.passphrase,
            one)
        try open("machine-slot", "one machine slot, no rows", vaults.machine, .machine)
        try open(
            "both-slots", "a slot of each kind, an app and a connection with all secrets", vaults.full,
            .machine)
        ask(
            "both-slots", "both-slots-passphrase", "the same file opened with the passphrase",
            .success(vaults.full.opened), one)
        ask(
            "both-slots", "both-slots-pinned", "the same file, its vault ID pinned",
            .success(vaults.full.opened),
            pin: vaults.full.vaultID)
        try open(
            "bare-rows",
            "rows without secrets; every column that may be NULL or empty is, but for last_error and pending",
            vaults.bare, .machine)
        try open(
            "second-generation", "generation 2, its root signed by that of generation 1", vaults.second,
            .machine)
        try open(
            "filled-unit", "secrets that fill their unit to the byte: no padding", vaults.filled, .machine)
        try open("pruned-journal", "the journal begins at event 3", vaults.pruned, .machine)
        try open(
            "two-passphrases", "two passphrase slots",
            vaults.twoPassphrases, one)
        ask(
            "two-passphrases", "two-passphrases-second",
            "the same file opened with the passphrase of the other slot",
            .success(vaults.twoPassphrases.opened), two)
    }

    private mutating func open(_ name: String, _ description: String, _ draft: Draft, _ key: Vector.Key)
        throws
    {
        add(name, description, file: try draft.image(), .success(draft.opened), key)
    }
}
