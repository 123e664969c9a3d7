/// Secrets are never taken from arguments: whoever can run `ps` reads those.
enum SecretArguments {
    /// Options that people try, and that are not there.
    private static let tried: Set<String> = [
        "--client-secret", "--secret", "--key", "--password", "--token", "--access-token", "--refresh-token",
        "--new-passphrase", "--code",
    ]

    /// Says why, instead of "unknown option", and never shows the value.
    ///
    /// `--passphrase` is an option of `key add` that has no value: a word behind it is a passphrase, that would be taken
    /// for the label and be written into the vault in the clear.
    static func refuse(_ arguments: [String]) throws(CommandError) {
        let arguments = Array(arguments.prefix { $0 != "--" })
        for (place, argument) in arguments.enumerated() {
            // Wherever it stands it would be taken for a name or a path, and be shown or kept in the clear.
            if argument.uppercased().contains("ADVAULT-SECRET-KEY-1") { throw .secretKeyArgument }
            let name = argument.prefix { $0 != "=" }
            let next = place + 1 < arguments.count ? arguments[place + 1] : "-"
            let hasValue = name.count < argument.count || !next.hasPrefix("-")
            if tried.contains(String(name)) || (name == "--passphrase" && hasValue) {
                throw .secretArgument(option: String(name))
            }
        }
    }
}
