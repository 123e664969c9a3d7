package import Operations

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
    package static func recoveryFolders(vault: String, _ context: CommandContext) -> [RecoveryFolder] {
        var folders: [RecoveryFolder] = []
        func add(_ path: String, isLasting: Bool) {
            guard !folders.contains(where: { $0.path == path }) else { return }
            folders.append(RecoveryFolder(path, isLasting: isLasting))
        }
        if let slash = vault.lastIndex(of: "/") {
            add(slash == vault.startIndex ? "/" : String(vault[..<slash]), isLasting: true)
        } else {
            add(".", isLasting: true)
        }
        if let state = state(context) { add(state, isLasting: true) }
        for name in ["XDG_RUNTIME_DIR", "TMPDIR"] {
            if let folder = context.variable(name), folder.hasPrefix("/") { add(folder, isLasting: false) }
        }
        add("/tmp", isLasting: false)
        return folders
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
