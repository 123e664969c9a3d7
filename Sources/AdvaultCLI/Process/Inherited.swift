@unsafe @preconcurrency internal import Glibc

/// What this process was started with and changes or hides for itself (`Hardening`): a program that takes its place is
/// given it back.
///
/// Looked at once, by the first line of `main`. Of the environment and the arguments the places are kept, not the
/// bytes: secrets that are wiped where they stand are gone here too.
@safe
package struct Inherited: @unchecked Sendable {
    // @unchecked: the two lists point into memory of the process's start that lives as long as the process; after
    // Hardening, which runs before there is a second thread, nothing writes there.
    typealias Text = UnsafeMutablePointer<CChar>

    /// `NAME=value`, in their order, as they were handed over: also what Hardening took out of our own environment.
    let environment: [Text]
    /// The program's name first.
    let arguments: [Text]
    private let descriptors: Set<Int32>
    private let mask: sigset_t
    /// Of those that Hardening changes.
    private let ignored: Set<Int32>
    private let fileMode: mode_t
    private let coreSize: rlimit

    /// Also sets the umask to 077: it cannot be asked for without being set.
    static func look() -> Inherited {
        var mask = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
        var coreSize = rlimit()
        unsafe getrlimit(core, &coreSize)
        return unsafe Inherited(
            environment: texts(environ), arguments: texts(CommandLine.unsafeArgv),
            descriptors: openDescriptors(), mask: mask, ignored: Set(Hardening.signals.filter(isIgnored)),
            fileMode: umask(0o077), coreSize: coreSize)
    }

    /// For the moment before another program begins. Descriptors of our own are closed by its beginning.
    func giveBack() {
        closeAtExec()
        umask(fileMode)
        var coreSize = coreSize
        unsafe setrlimit(Inherited.core, &coreSize)
        for number in Hardening.signals { signal(number, ignored.contains(number) ? SIG_IGN : SIG_DFL) }
        // Last: a signal that waits takes its effect here.
        var mask = mask
        unsafe pthread_sigmask(SIG_SETMASK, &mask, nil)
    }

    /// Everything that we have opened, and what a key was read from (`SecretFile.check`). Streams that were closed are
    /// closed again.
    private func closeAtExec() {
        for number in Inherited.openDescriptors() where !descriptors.contains(number) {
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        }
        // The key came by stdin: its next file would take that number, so there is nothing to read instead.
        guard descriptors.contains(STDIN_FILENO), fcntl(STDIN_FILENO, F_GETFD) & FD_CLOEXEC != 0 else {
            return
        }
        let nothing = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        _ = dup2(nothing, STDIN_FILENO)
        close(nothing)
    }

    // MARK: Looking

    private static let core = __rlimit_resource_t(RLIMIT_CORE.rawValue)

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is the address 1.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    private static func texts(_ list: UnsafeMutablePointer<Text?>) -> [Text] {
        var (texts, place) = unsafe ([Text](), list)
        while let text = unsafe place.pointee {
            unsafe texts.append(text)
            unsafe place += 1
        }
        return unsafe texts
    }

    private static func openDescriptors() -> Set<Int32> {
        guard let folder = unsafe opendir("/proc/self/fd") else {
            // No /proc: the numbers that a shell hands out.
            return Set((0..<1024).filter { fcntl($0, F_GETFD) != -1 })
        }
        defer { unsafe closedir(folder) }
        var numbers: Set<Int32> = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
            }
            if let number = Int32(name) { numbers.insert(number) }
        }
        unsafe numbers.remove(dirfd(folder))
        return numbers
    }
}
