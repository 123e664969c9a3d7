import Foundation

/// Runs commands as a user to whom modes and owners mean something. Root becomes 65534; anybody else stays.
enum Unprivileged {
    static let isRoot = geteuid() == 0
    static let user: uid_t = isRoot ? 65534 : geteuid()

    /// Before a command.
    static let prefix = isRoot ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""

    /// Gives the folder away, with a copy of the binary in it: that user may not enter the one it was built in.
    static func prepare(_ playground: Playground) throws {
        // By cp: a file that this process had open for writing could be inherited by a child of another test, and
        // would then be too busy to be run.
        let given = try ChildProcess.run(
            "cp '\(Playground.binaries)/advault' . \(isRoot ? "&& chown -R 65534:65534 ." : "")",
            environment: playground.environment, terminal: false)
        guard given.status == 0 else { throw Fixture.Failure(text: given.stderr) }
    }
}
