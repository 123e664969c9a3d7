/// The environment variable that `exec` hands the token over in.
package enum VariableName {
    package static let usual = "ADVAULT_ACCESS_TOKEN"

    package enum Fault: Equatable, Sendable {
        /// Not [A-Za-z_][A-Za-z0-9_]*, which is what every shell can read.
        case malformed
        /// Shells, loaders, libraries or interpreters act on it; a token there breaks them, or is shown to somebody.
        case steers
        /// One of advault's own: a program that runs advault would hand the token over as a key.
        case ours
    }

    package static func fault(of name: String) -> Fault? {
        guard let first = name.utf8.first, isLetter(first),
            name.utf8.allSatisfy({ isLetter($0) || isDigit($0) })
        else { return .malformed }
        if name == usual { return nil }
        if isOurs(name) { return .ours }
        let isActedUpon =
            actedUpon.contains(name) || Hardening.forgotten.contains(name)
            || families.contains { name.hasPrefix($0) }
            // A program would take the token for a host and ask for its address.
            || name.lowercased().hasSuffix("_proxy")
        return isActedUpon ? .steers : nil
    }

    /// What only advault reads, the folder of its service's key included: no command that it runs is given these.
    package static func isOurs(_ name: String) -> Bool {
        name.hasPrefix("ADVAULT_") || name == "CREDENTIALS_DIRECTORY"
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The loader and the C library, the language, Python, Perl, the desktop.
    private static let families = [
        "LD_", "DYLD_", "MALLOC_", "GLIBC_", "LC_", "PYTHON", "PERL5", "XDG_", "DBUS_", "BASH_FUNC",
    ]

    private static let actedUpon: Set<String> = [
        // Shells, and what they tell every program.
        "PATH", "IFS", "ENV", "BASH_ENV", "BASHOPTS", "SHELLOPTS", "PS4", "PROMPT_COMMAND", "CDPATH", "HOME",
        "SHELL", "USER", "LOGNAME", "PWD", "OLDPWD", "TERM", "TERMINFO", "TERMCAP", "LANG", "LANGUAGE", "TZ",
        "TZDIR", "TMPDIR", "TMP", "TEMP", "EDITOR", "VISUAL", "PAGER", "BROWSER", "DISPLAY",
        // The C library.
        "LOCPATH", "NLSPATH", "GCONV_PATH", "GETCONF_DIR", "HOSTALIASES", "LOCALDOMAIN", "RES_OPTIONS",
        "RESOLV_HOST_CONF",
        // Interpreters.
        "PERLLIB", "RUBYLIB", "RUBYOPT", "NODE_OPTIONS", "NODE_PATH", "CLASSPATH", "JAVA_TOOL_OPTIONS",
        "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "VIRTUAL_ENV",
        // What a connection trusts.
        "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSH_AUTH_SOCK",
        "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_EXEC_PATH",
    ]
}
