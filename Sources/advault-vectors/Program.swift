internal import Glibc

/// Makes the test kit of the vault's format: `advault-vectors --write DIR`, or compares DIR with what it would make:
/// `advault-vectors --check DIR`.
@main
enum Program {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let mode = arguments.first, let folder = arguments.dropFirst().first, arguments.count == 2,
            mode == "--write" || mode == "--check"
        else {
            print("usage: advault-vectors --write|--check DIR")
            exit(64)
        }
        let kit = try Kit.make()
        var files = kit.files
        files["index.json"] = Array(try Index.json(of: kit).utf8)
        if mode == "--write" { try Folder(folder).write(files) }
        let differences = try Folder(folder).differences(from: files)
        for line in differences { print(line) }
        let successes = kit.vectors.count { if case .success = $0.answer { true } else { false } }
        print("kit: \(kit.vectors.count) vectors, \(successes) of them open, in \(files.count - 1) files")
        exit(differences.isEmpty ? 0 : 1)
    }
}
