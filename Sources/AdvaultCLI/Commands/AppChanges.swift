internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct AppSetSecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-secret",
        abstract: "Replace an app's client secret; its connections stay.")

    @Argument(help: "The app.")
    var name: String

    @OptionGroup var secret: ClientSecretOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        let source = try secret.source()
        var context = try vault.context()
        try AppSetSecret.check(name, in: context)
        try key.add(to: &context)
        try context.key.check()
        let report = try AppSetSecret.run(name, secret: source.read(), in: context)
        if vault.json { return try JSON.answer(.init("app", report.json)) }
        try Output.answer("\(Printable.bare(report.name)): the client secret was replaced")
        Output.line("hint: prove it: advault app check \(Printable.argument(report.name))")
    }
}

struct AppRenameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give an app another name.")

    @Argument(help: "The app.")
    var name: String

    @Argument(help: "Its new name.")
    var newName: String

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let report = try AppRename.run(name, to: newName, in: context)
        if vault.json { return try JSON.answer(.init("app", report.json)) }
        try Output.answer("\(Printable.bare(report.name)): renamed")
    }
}

struct AppTrustCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Accept where a provider's changed profile now sends secrets.")

    @Argument(help: "The app.")
    var name: String

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        let profile = try AppTrust.profile(of: name, in: context)
        try key.add(to: &context)
        try context.key.check()
        Output.notice("from now on the secrets of \(Printable.quoted(name)) go to")
        for address in profile.destinations { Output.line("  " + Printable.bare(address)) }
        let report = try AppTrust.run(name, profile, in: context)
        if vault.json { return try JSON.answer(.init("app", report.json)) }
        try Output.answer("\(Printable.bare(report.name)): trusted")
    }
}

struct AppRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Forget an app that no connection uses.")

    @Argument(help: "The app.")
    var name: String

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        try AppRemove.run(name, in: context)
        if vault.json { return try JSON.answer(.init("name", .string(name)), .init("removed", .bool(true))) }
        try Output.answer("\(Printable.bare(name)): removed")
        Output.line("hint: the app lives on at the provider; its secret is best replaced or deleted there")
    }
}
