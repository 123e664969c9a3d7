internal import ArgumentParser
internal import CredentialVault
internal import Secrets

/// One scrypt, which is what a passphrase costs beside all else.
struct KDFCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kdf", abstract: "Derive one key with scrypt, r = 8, p = 1.")

    @Option(help: "N = 2^log_n.")
    var logN = Int(Limits.defaultLogN)

    @Option(help: "How often; the median is told.")
    var runs = 5

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let input = try Random.secret(32)
        var spent: [Spent] = []
        for _ in 1...max(runs, 1) {
            spent.append(
                try Spent.on { () throws(SecretsError) in
                    _ = try Scrypt.derive(
                        input, salt: [UInt8](repeating: 0, count: 32), logN: logN, r: 8, p: 1, count: 32)
                })
        }
        var figures = Figures("kdf", connections: 0, runs: max(runs, 1))
        figures.add("log_n", Double(logN), digits: 0)
        figures.add("wall", median: spent.map(\.wall))
        figures.add("cpu", median: spent.map(\.cpu))
        figures.addPeak()
        figures.tell(json: json)
    }
}
