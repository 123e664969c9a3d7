internal import Glibc

/// A program started without a shell, in a session of its own: it has no terminal, Ctrl-C here does not reach it,
/// and its process group can be ended as one.
struct ChildProgram {
    /// Also the number of its process group.
    let pid: pid_t

    struct NotStarted: Error { let errno: Int32 }

    /// Starts `arguments[0]`, looked up in PATH where it holds no slash. stdin is /dev/null.
    ///
    /// - Parameters:
    ///   - output: the descriptor that becomes its stdout; nil: /dev/null.
    ///   - keepsErrors: whether its stderr is ours; else /dev/null.
    init(
        _ arguments: [String], environment: [String], output: Int32?, keepsErrors: Bool
    ) throws(NotStarted) {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard unsafe posix_spawn_file_actions_init(&actions) == 0 else { throw NotStarted(errno: ENOMEM) }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        guard unsafe posix_spawnattr_init(&attributes) == 0 else { throw NotStarted(errno: ENOMEM) }
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0)
        if let output {
            unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_RDWR, 0)
        }
        if !keepsErrors {
            unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_RDWR, 0)
        }
        ChildProgram.setSignals(&attributes)
        let result = unsafe ChildProgram.withCStrings(arguments) { arguments in
            unsafe ChildProgram.withCStrings(environment) { environment in
                var child: pid_t = 0
                // `arguments` is not empty: a program's name stands first.
                let result = unsafe posix_spawnp(
                    &child, arguments[0]!, &actions, &attributes, arguments, environment)
                return (result, child)
            }
        }
        guard result.0 == 0 else { throw NotStarted(errno: result.0) }
        pid = result.1
    }

    /// POSIX_SPAWN_SETSID, which glibc shows to GNU sources alone.
    private static let setSession: Int16 = 0x80

    /// No signal is held back from it, and those that we ignore are as programs expect them.
    private static func setSignals(_ attributes: inout posix_spawnattr_t) {
        var (none, usual) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigemptyset(&usual)
        for number in [SIGPIPE, SIGXFSZ] { unsafe sigaddset(&usual, number) }
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
        let flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK) | setSession
        unsafe posix_spawnattr_setflags(&attributes, flags)
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
