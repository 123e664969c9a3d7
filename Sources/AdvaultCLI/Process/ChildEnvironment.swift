/// What a program that advault starts learns of the environment: a chosen list. No variable of ours is on it, and
/// none that loads code.
enum ChildEnvironment {
    /// For a command that hands over a key: finding programs, homes, agents and the words' language.
    static let command = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TERM", "LANG", "LC_ALL", "LC_MESSAGES",
        "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME",
        "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "GNUPGHOME", "GPG_TTY", "PASSWORD_STORE_DIR",
        "CREDENTIALS_DIRECTORY",
        // The agents' own windows that ask for a PIN.
        "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY",
    ]

    /// For a browser: what a desktop needs to find it.
    static let desktop = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_MESSAGES", "DISPLAY", "XAUTHORITY",
        "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "XDG_DATA_DIRS",
        "XDG_CONFIG_DIRS", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_SESSION",
        "BROWSER",
    ]

    /// `NAME=value` of those that are set.
    static func entries(_ names: [String], _ context: CommandContext) -> [String] {
        names.compactMap { name in context.variable(name).map { "\(name)=\($0)" } }
    }
}
