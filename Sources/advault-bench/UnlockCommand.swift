internal import ArgumentParser
internal import CredentialVault

/// Reading, opening a slot and verifying the whole.
struct UnlockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Unlock a vault with a machine key, without a key derivation.")

    @OptionGroup var vault: VaultArguments

    func run() throws {
        let key = try vault.key()
        var runs: [Spent] = []
        var connections = 0
        for _ in 1...vault.runs {
            runs.append(
                try Spent.on { () throws(VaultError) in
                    try Vault.withUnlocked(at: vault.path, with: key) { (open) throws(VaultError) in
                        connections = open.connections.count
                    }
                })
        }
        var figures = Figures("unlock", connections: connections, runs: vault.runs)
        figures.add("wall", median: runs.map(\.wall))
        figures.add("cpu", median: runs.map(\.cpu))
        figures.addPeak()
        figures.tell(json: vault.json)
    }
}
