internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct RenameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a connection another name; its tokens, tags and history stay.")

    @Argument(help: "The connection.")
    var name: String

    @Argument(help: "Its new name.")
    var newName: String

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let connection: ConnectionReport
        do throws(OperationError) { connection = try Rename.run(name, to: newName, in: context) } catch {
            throw Explanation(ofRename: error)
        }
        if vault.json { return try JSON.answer(.init("connection", connection.json)) }
        try Output.answer("\(Printable.bare(connection.name)): renamed")
    }
}
