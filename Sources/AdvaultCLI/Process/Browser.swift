internal import Glibc

/// The person's browser, opened on our own start page and on nothing else.
enum Browser {
    /// Whether a program that opens addresses was started. It gets a chosen environment, the terminal's streams
    /// are closed to it, and nobody waits for it.
    static func open(_ address: String, _ context: CommandContext) -> Bool {
        // Without a desktop xdg-open would start a text browser on the terminal that we prompt on.
        guard context.variable("DISPLAY") != nil || context.variable("WAYLAND_DISPLAY") != nil else {
            return false
        }
        return start(["xdg-open", address], environment: chosen(context))
    }

    /// What a desktop needs to find its browser; no ADVAULT_ variable, nothing that loads code.
    private static let passedOn = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_MESSAGES", "DISPLAY", "XAUTHORITY",
        "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "XDG_DATA_DIRS",
        "XDG_CONFIG_DIRS", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_SESSION",
        "BROWSER",
    ]

    private static func chosen(_ context: CommandContext) -> [String] {
        passedOn.compactMap { name in context.variable(name).map { "\(name)=\($0)" } }
    }

    /// POSIX_SPAWN_SETSID, which glibc shows to GNU sources alone.
    private static let setSession: Int16 = 0x80

    private static func start(_ arguments: [String], environment: [String]) -> Bool {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard unsafe posix_spawn_file_actions_init(&actions) == 0 else { return false }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        guard unsafe posix_spawnattr_init(&attributes) == 0 else { return false }
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        for stream in Int32(0)...2 {
            unsafe posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
        }
        // A session of its own: Ctrl-C here does not end the browser, and SIGPIPE is as programs expect it.
        var usual = sigset_t()
        unsafe sigemptyset(&usual)
        for number in [SIGPIPE, SIGXFSZ] { unsafe sigaddset(&usual, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF) | setSession)
        return unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(environment) { environment in
                var child: pid_t = 0
                let result = unsafe posix_spawnp(
                    &child, "xdg-open", &actions, &attributes, arguments, environment)
                return result == 0
            }
        }
    }

    /// Lends a NULL-ended list of C strings.
    private static func withCStrings<R>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        // The list ends in nil, so it is never empty and has a base address.
        return unsafe pointers.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress!) }
    }
}
