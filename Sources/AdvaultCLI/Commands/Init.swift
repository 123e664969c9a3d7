internal import ArgumentParser
internal import CredentialVault
internal import Glibc
internal import OAuthCore
internal import Operations

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a vault that a passphrase opens.",
        discussion: "Prints the vault's ID: machines pin it with --vault-id or ADVAULT_VAULT_ID.")

    @Option(help: .init("What the passphrase's key slot is called.", valueName: "name"))
    var label = "passphrase"

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Options of the new key") var newKey: NewKeyOptions

    func run() throws {
        let context = try vault.context()
        try Initialise.check(label: label)
        let source = try newKey.source()
        let logN = try newKey.logN()
        try refuseExisting(context.vaultPath)
        let passphrase = try source.read(logN: logN, .current)
        let report = try Initialise.run(
            slot: .passphrase(passphrase, logN: logN), label: label, in: context)
        if vault.json {
            return try JSON.answer(
                .init("vault", .object([.init("id", .string(report.vault.text))])),
                .init("path", .string(report.path)), .init("slot", .string(report.slot)))
        }
        Output.notice("made the vault \(Printable.quoted(report.path)); its ID is")
        try Output.answer(report.vault.text)
        Output.line("hint: add an app: advault app add NAME --provider linkedin-ads --client-id ID")
    }

    /// Before a passphrase is typed twice for nothing. `create` itself never overwrites.
    private func refuseExisting(_ path: String) throws {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        throw isFolder ? VaultError.refusedFile(path: path, .folder) : .alreadyExists(path: path)
    }
}
