internal import ArgumentParser
internal import CredentialVault

/// One durable change of one connection, as a refresh makes two: open, seal, write, sync, read back.
struct CommitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit", abstract: "Commit changes of single connections, one after the other.")

    @OptionGroup var vault: VaultArguments

    @Option(help: "Commits in a run.")
    var commits = 50

    func run() throws {
        let key = try vault.key()
        var runs: [Spent] = []
        var connections = 0
        try Vault.withUnlocked(at: vault.path, with: key) { (open) throws(VaultError) in
            let rows = open.connections
            connections = rows.count
            guard connections > 0 else { return }
            var versions = rows
            for _ in 1...vault.runs {
                runs.append(
                    try Spent.on { () throws(VaultError) in
                        for number in 0..<commits {
                            let place = number % versions.count
                            let event = Event(.refresh, .ok, connection: versions[place].id)
                            try open.commit(.replaceConnection(versions[place], nil), event, now: 1)
                            versions[place] = open.connection(versions[place].id) ?? versions[place]
                        }
                    })
            }
        }
        guard connections > 0 else { throw VaultArguments.Failure.noConnections }
        var figures = Figures("commit", connections: connections, runs: vault.runs)
        figures.add("commits", Double(commits), digits: 0)
        figures.add("wall", median: runs.map { $0.wall / Double(commits) })
        figures.add("cpu", median: runs.map { $0.cpu / Double(commits) })
        figures.addPeak()
        figures.tell(json: vault.json)
    }
}
