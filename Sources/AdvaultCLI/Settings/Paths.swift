/// Where things lie, by the XDG base directory rules: a relative path in such a variable is ignored.
package enum Paths {
    /// `--vault`, else ADVAULT_VAULT, else `$XDG_DATA_HOME/advault/vault.db`.
    package static func vault(option: String?, _ context: CommandContext) throws(CommandError) -> String {
        if let path = option ?? context.variable("ADVAULT_VAULT") { return path }
        return try base("XDG_DATA_HOME", "/.local/share", context) + "/advault/vault.db"
    }

    /// The folder of `config.json` and `providers/`; nil where there is no home to look in.
    package static func settings(_ context: CommandContext) -> String? {
        guard let base = try? base("XDG_CONFIG_HOME", "/.config", context) else { return nil }
        return base + "/advault"
    }

    /// Where a recovery record goes that the spool could not take: beside the vault, then where another file system
    /// may have room.
    package static func recoveryFolders(vault: String, _ context: CommandContext) -> [String] {
        var folders: [String] = []
        if let slash = vault.lastIndex(of: "/") {
            folders.append(slash == vault.startIndex ? "/" : String(vault[..<slash]))
        } else {
            folders.append(".")
        }
        if let state = try? base("XDG_STATE_HOME", "/.local/state", context) {
            folders.append(state + "/advault")
        }
        for name in ["XDG_RUNTIME_DIR", "TMPDIR"] {
            if let folder = context.variable(name), folder.hasPrefix("/") { folders.append(folder) }
        }
        return folders + ["/tmp"]
    }

    /// The folder of the anchor; nil where there is no home to look in.
    package static func state(_ context: CommandContext) -> String? {
        guard let base = try? base("XDG_STATE_HOME", "/.local/state", context) else { return nil }
        return base + "/advault"
    }

    private static func base(
        _ variable: String, _ fallback: String, _ context: CommandContext
    ) throws(CommandError) -> String {
        if let folder = context.variable(variable), folder.hasPrefix("/") { return folder }
        guard let home = context.variable("HOME"), home.hasPrefix("/") else { throw .noHome }
        return home + fallback
    }
}
