/// Secrets are never taken from arguments: whoever can run `ps` reads those.
enum SecretArguments {
    /// Options that people try, and that are not there.
    private static let tried: Set<String> = [
        "--client-secret", "--secret", "--key", "--password", "--token", "--access-token", "--refresh-token",
        "--new-passphrase", "--code",
    ]

    /// Says why, instead of "unknown option", and never shows the value.
    static func refuse(_ arguments: [String]) throws(CommandError) {
        for argument in arguments.prefix(while: { $0 != "--" }) {
            let name = argument.prefix { $0 != "=" }
            let hasValue = name.count < argument.count
            if tried.contains(String(name)) || (name == "--passphrase" && hasValue) {
                throw .secretArgument(option: String(name))
            }
        }
    }
}
