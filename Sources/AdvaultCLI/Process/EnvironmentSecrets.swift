internal import Glibc
package import Secrets
private import Synchronization

/// The secrets that were handed over in environment variables, moved to locked memory.
///
/// Each can be taken once. One that nobody takes is wiped with this object.
package final class EnvironmentSecrets: Sendable {
    /// A variable whose value is secret.
    package enum Name: String, CaseIterable, Sendable {
        case key = "ADVAULT_KEY"
        case passphrase = "ADVAULT_PASSPHRASE"
        case newPassphrase = "ADVAULT_NEW_PASSPHRASE"
    }

    /// Longer than any key or passphrase may be, in bytes; what is longer is refused by its length later.
    private static let limit = 4096

    private let key: Mutex<SecretBytes?>
    private let passphrase: Mutex<SecretBytes?>
    private let newPassphrase: Mutex<SecretBytes?>
    private let present: Set<Name>

    private init(
        key: consuming sending SecretBytes?, passphrase: consuming sending SecretBytes?,
        newPassphrase: consuming sending SecretBytes?, present: Set<Name>
    ) {
        self.key = Mutex(key)
        self.passphrase = Mutex(passphrase)
        self.newPassphrase = Mutex(newPassphrase)
        self.present = present
    }

    /// None at all: what a test starts from.
    package static func none() -> EnvironmentSecrets {
        EnvironmentSecrets(key: nil, passphrase: nil, newPassphrase: nil, present: [])
    }

    /// Copies the values to locked memory and overwrites them where they stood, so that /proc/PID/environ
    /// shows none of them.
    static func takeFromEnvironment() -> EnvironmentSecrets {
        let present = Set(Name.allCases.filter { unsafe getenv($0.rawValue) != nil })
        return EnvironmentSecrets(
            key: take(.key), passphrase: take(.passphrase), newPassphrase: take(.newPassphrase),
            present: present)
    }

    /// Whether the variable was set, be it to nothing.
    package func isSet(_ name: Name) -> Bool { present.contains(name) }

    /// Hands the value over; nil when it was not set, was taken already, or locked memory had no room for it.
    package func take(_ name: Name) -> SecretBytes? {
        switch name {
        case .key: key.withLock { $0.take() }
        case .passphrase: passphrase.withLock { $0.take() }
        case .newPassphrase: newPassphrase.withLock { $0.take() }
        }
    }

    /// The first value of the variable; every one of that name is wiped, its name too, since a variable can stand
    /// in the block twice and `unsetenv` would leave the second one's bytes.
    private static func take(_ name: Name) -> sending SecretBytes? {
        var taken: SecretBytes?
        var isFirst = true
        while let value = unsafe getenv(name.rawValue) {
            let size = unsafe strlen(value)
            if isFirst {
                let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(value), byteCount: min(size, limit))
                taken = try? SecretBytes(copying: span)
                isFirst = false
            }
            // getenv points into the entry NAME=value, so the name lies right before it.
            let prefix = name.rawValue.utf8.count + 1
            unsafe explicit_bzero(value - prefix, prefix + size)
        }
        return taken
    }
}
