internal import Glibc
internal import Secrets

/// Everything of the outside that commands use: the environment, the clock. Task-local, so that a command run by
/// a test sees the test's.
package struct CommandContext: Sendable {
    /// Secrets that stood in the environment.
    package let secrets: EnvironmentSecrets
    /// A variable's value; nil when it is not set or empty (the XDG rule, used for all).
    package let variable: @Sendable (String) -> String?
    /// Unix seconds.
    package let now: @Sendable () -> Int64
    /// What the process was started with, for a program that takes its place; nil where no program may, as in a test.
    package let inherited: Inherited?

    package init(
        secrets: EnvironmentSecrets, variable: @escaping @Sendable (String) -> String?,
        now: @escaping @Sendable () -> Int64, inherited: Inherited? = nil
    ) {
        self.secrets = secrets
        self.variable = variable
        self.now = now
        self.inherited = inherited
    }

    /// The process's own.
    package static func live(_ secrets: EnvironmentSecrets, _ inherited: Inherited) -> CommandContext {
        CommandContext(
            secrets: secrets,
            variable: { name in
                guard let value = unsafe getenv(name) else { return nil }
                let text = unsafe String(cString: value)
                return text.isEmpty ? nil : text
            },
            now: { Int64(time(nil)) }, inherited: inherited)
    }

    /// A command that runs outside of `main` or of a test's own context is a mistake in the code.
    @TaskLocal package static var current = CommandContext(
        secrets: .none(),
        variable: { name in fatalError("no environment was provided, and \(name) was asked for") },
        now: { fatalError("no clock was provided") })
}
