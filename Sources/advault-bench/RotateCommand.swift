internal import ArgumentParser
internal import CredentialVault

/// A new root key and every row sealed anew under it; the unlock before it is measured by itself.
struct RotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Rotate the root key of a vault.")

    @OptionGroup var vault: VaultArguments

    func run() throws {
        let key = try vault.key()
        var (runs, sealing): ([Spent], [Double]) = ([], [])
        var connections = 0
        for _ in 1...vault.runs {
            try Vault.withUnlocked(at: vault.path, with: key) { (open) throws(VaultError) in
                connections = open.connections.count
                let begun = ContinuousClock.now
                var sealed = begun
                var tidying = Tidying.done
                runs.append(
                    try Spent.on { () throws(VaultError) in
                        tidying = try open.rekey(.rotate, now: 1) { _, _ in sealed = .now }
                    })
                sealing.append(Spent.seconds(begun.duration(to: sealed)))
                if case .postponed(let error) = tidying { throw error }
            }
        }
        var figures = Figures("rotate", connections: connections, runs: vault.runs)
        figures.add("wall", median: runs.map(\.wall))
        figures.add("cpu", median: runs.map(\.cpu))
        figures.add("sealing", median: sealing)
        // COMMIT, reading back, and VACUUM between two checkpoints.
        figures.add("commit_and_vacuum", median: zip(runs, sealing).map { $0.wall - $1 })
        figures.addPeak()
        figures.tell(json: vault.json)
    }
}
