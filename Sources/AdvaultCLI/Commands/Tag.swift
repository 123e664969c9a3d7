internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Give connections tags, or take some away.",
        discussion: """
            A tag is KEY or KEY=VALUE, such as client=acme; a new value takes the former one's place. list, status, \
            refresh and test choose by them: --tag client=acme.
            """)

    @OptionGroup var selection: SelectionOptions

    @Option(help: .init("A tag to give; may be repeated.", valueName: "tag"))
    var add: [String] = []

    @Option(
        help: .init(
            "A tag to take away, or with KEY alone whatever its value is; may be repeated.", valueName: "tag")
    )
    var remove: [String] = []

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        if add.isEmpty && remove.isEmpty { throw CommandError.argument(.noTagChange) }
        let adding = try add.map { (text) throws(OperationError) in try Tag(text) }
        let removing = try remove.map { (text) throws(OperationError) in try Tag(text) }
        let chosen = try selection.selection()
        var context = try vault.context()
        try key.add(to: &context)
        let report = try Tagging.run(chosen, adding: adding, removing: removing, in: context)
        if vault.json {
            return try JSON.answer(.init("connections", .array(report.connections.map(\.json))))
        }
        guard !report.connections.isEmpty else { return try Output.answer("nothing to tag") }
        let lines = report.connections.map { connection in
            let tags = connection.tags.map { Printable.bare($0) }.joined(separator: " ")
            return Printable.bare(connection.name) + ": " + (tags.isEmpty ? "no tags" : tags)
        }
        try Output.answer(lines.joined(separator: "\n"))
    }
}
