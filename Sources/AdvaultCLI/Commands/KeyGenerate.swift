internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct KeyGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make a machine key: the secret half into a file, the public half on stdout.",
        discussion: "The public half is enrolled with: advault key add. The secret half never travels.")

    @Option(help: .init("Where to write the secret half; never overwritten.", valueName: "path"))
    var out: String

    @Flag(help: "Write it even into a git work tree, from which keys are easily committed.")
    var inGitTree = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        if !inGitTree, let tree = GitWorkTree.holding(out) {
            throw CommandError.argument(.gitWorkTree(tree))
        }
        let key = try Keys.generate()
        try NewFile.write(key.secretText, to: out)
        if json {
            return try JSON.answer(.init("public_key", .string(key.publicText)), .init("path", .string(out)))
        }
        try Output.answer(key.publicText)
        Output.line(
            "hint: enrol it where the vault is: advault key add --label LABEL --public-key \(key.publicText)")
    }
}
