internal import AdvaultCLI
internal import Glibc

@main
enum Main {
    static func main() {
        // First of all, before a secret is read or a library starts.
        let (secrets, inherited) = Hardening.begin()
        let status = Program.run(Array(CommandLine.arguments.dropFirst()), .live(secrets, inherited))
        exit(status)
    }
}
