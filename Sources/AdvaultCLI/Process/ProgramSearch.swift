internal import Glibc

/// Where a command is looked for, as execvp(3) does it, but for one thing: what is no program is not handed to a shell.
package enum ProgramSearch {
    /// execvp's, where PATH is not set.
    private static let usual = Array("/bin:/usr/bin".utf8)

    /// The paths to try in turn, without their zero byte. A command with a slash is one by itself; an empty place in
    /// PATH is the working folder.
    package static func candidates(_ command: [UInt8], path: [UInt8]?) -> [[UInt8]] {
        guard !command.isEmpty else { return [] }
        let slash = UInt8(ascii: "/")
        if command.contains(slash) { return [command] }
        return (path ?? usual).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
            $0.isEmpty ? command : $0 + [slash] + command
        }
    }

    /// What one attempt that failed means for the whole search; true: the next one may still be tried.
    static func goOn(after number: Int32, at path: [CChar], _ fault: inout CommandError.RunFault) -> Bool {
        switch number {
        case ENOENT:
            // There, and not to be found all the same: what its first line names is missing.
            if fault == .notFound, unsafe access(path, F_OK) == 0 { fault = .noInterpreter }
            return true
        case ENOTDIR, ESTALE, ENODEV, ETIMEDOUT: return true
        case EACCES:
            fault = .refused(errno: number)
            return true
        default:
            fault = .refused(errno: number)
            return false
        }
    }
}
