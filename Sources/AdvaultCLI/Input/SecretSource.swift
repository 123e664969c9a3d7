internal import Glibc
internal import Secrets

/// A way by which a secret comes without anybody typing it.
package enum SecretSource: Equatable, Sendable {
    case file(String)
    /// A descriptor that was inherited.
    case descriptor(Int32)
    /// A program that prints it; checked by `KeyCommand`.
    case command(String, from: String)
    case environment(EnvironmentSecrets.Name)

    /// The three ways that an option or a variable names.
    package struct Given: Equatable, Sendable {
        package var file: String?
        package var descriptor: Int32?
        package var command: String?
        package init(file: String? = nil, descriptor: Int32? = nil, command: String? = nil) {
            (self.file, self.descriptor, self.command) = (file, descriptor, command)
        }

        /// Those that are given, each with the option's name. `stem` is `--key` or `--new-passphrase`.
        func sources(_ stem: String) -> [(String, SecretSource)] {
            [
                file.map { ("\(stem)-file", .file($0)) },
                descriptor.map { ("\(stem)-fd", .descriptor($0)) },
                command.map { ("\(stem)-command", .command($0, from: "\(stem)-command")) },
            ].compactMap { $0 }
        }
    }

    /// Those that the environment names: `NAME`, `NAME_FILE`, `NAME_COMMAND`.
    static func inEnvironment(
        _ name: EnvironmentSecrets.Name, _ context: CommandContext
    ) -> [(String, SecretSource)] {
        let (file, command) = (name.rawValue + "_FILE", name.rawValue + "_COMMAND")
        return [
            context.secrets.isSet(name) ? (name.rawValue, .environment(name)) : nil,
            context.variable(file).map { (file, .file($0)) },
            context.variable(command).map { (command, .command($0, from: command)) },
        ].compactMap { $0 }
    }

    /// The one that is there.
    /// - Throws: `.twoSources` with the names of the first two.
    static func single<Source>(_ given: [(String, Source)]) throws(CommandError) -> Source? {
        guard given.count < 2 else { throw .twoSources(given[0].0, given[1].0) }
        return given.first?.1
    }

    /// What can be known to be wrong before anything is read.
    func check() throws(CommandError) {
        switch self {
        case .file(let path):
            if let number = SecretFile.descriptor(namedBy: path) { try SecretFile.check(descriptor: number) }
        case .descriptor(let number): try SecretFile.check(descriptor: number)
        case .command(let text, let source): _ = try KeyCommand(text, source: source)
        case .environment: break
        }
    }

    /// The descriptor that it reads, `/dev/fd/N` included.
    var descriptor: Int32? {
        switch self {
        case .file(let path): SecretFile.descriptor(namedBy: path)
        case .descriptor(let number): number
        case .command, .environment: nil
        }
    }

    /// What the words call it: a path, an option, a variable.
    var name: String {
        switch self {
        case .file(let path): path
        case .descriptor(let number): "file descriptor \(number)"
        case .command(_, let source): source
        case .environment(let name): name.rawValue
        }
    }

    /// Reads it, without one trailing line end. Only a file and a command can be read twice.
    func read(
        limit: Int, _ purpose: KeyCommand.Purpose, _ context: CommandContext
    ) throws(CommandError) -> SecretBytes {
        switch self {
        case .file(let path): try SecretFile.read(path, limit: limit)
        case .descriptor(let number):
            try SecretFile.read(descriptor: number, source: name, limit: limit)
        case .command(let text, let source): try KeyCommand(text, source: source).read(purpose, context)
        case .environment(let name): try AdvaultCLI.environment(name, context)
        }
    }
}
