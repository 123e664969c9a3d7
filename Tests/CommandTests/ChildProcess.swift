import Foundation

/// One run of a command in a session of its own, with a terminal of its own or with none.
final class ChildProcess {
    struct Outcome {
        var stdout = ""
        var stderr = ""
        /// What the terminal showed.
        var terminal = ""
        /// As a shell says it: 128 + n for a signal.
        var status: Int32 = -1
        /// Prompts that never came.
        var unanswered: [String] = []
    }

    /// What to do when a text stands on the terminal or in stderr.
    struct Reaction {
        enum Act { case type(String), signal(Int32), visit(Browser), paste(Browser), look((pid_t) -> Void) }
        let text: String
        let act: Act
    }

    /// With `exec` before it, the command has this very number.
    private(set) var pid: pid_t = 0
    private var out: Int32 = -1
    private var err: Int32 = -1
    private var terminal: Int32 = -1

    /// Runs to the end, 60 s at most.
    static func run(
        _ command: String, environment: [String: String], terminal: Bool,
        reactions: [Reaction] = []
    ) throws -> Outcome {
        let child = try begin(command, environment: environment, terminal: terminal)
        child.follow(reactions) { false }
        return child.finish()
    }

    /// Starts and returns at once: `follow` watches it, `finish` waits for its end.
    static func begin(
        _ command: String, environment: [String: String], terminal: Bool = false
    ) throws -> ChildProcess {
        let child = ChildProcess()
        // One at a time: a pipe's end must not be inherited by a child that is started at the same moment.
        try spawning.withLock { try child.start(command, environment, terminal) }
        child.open = [child.out, child.err]
        return child
    }

    private static let spawning = NSLock()
    private var open: [Int32] = []
    private var waiting: [Reaction] = []
    private var (stdout, stderr, shown) = (Data(), Data(), Data())
    private let deadline = Date().addingTimeInterval(60)

    deinit {
        // Only where a test ended before its time.
        guard pid > 0 else { return }
        kill(-pid, SIGKILL)
        _ = finish()
    }

    private func start(
        _ command: String, _ environment: [String: String], _ hasTerminal: Bool
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Every signal unblocked and as usual: a mask of the test process would reach the shell, which then waits for
        // ever. A new session has no terminal, however the tests were started; POSIX_SPAWN_SETSID, 0x80, is for
        // GNU sources alone.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | 0x80)
        let (outRead, outWrite) = channel()
        let (errRead, errWrite) = channel()
        (out, err) = (outRead, errRead)
        if hasTerminal {
            // Opened without O_NOCTTY by a session's leader, it becomes that session's terminal.
            posix_spawn_file_actions_addopen(&actions, 0, try openTerminal(), O_RDWR, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, outWrite, 1)
        posix_spawn_file_actions_adddup2(&actions, errWrite, 2)
        // Other tests of this process open descriptors without O_CLOEXEC meanwhile: far fewer than so many. To close one
        // that is not open is no error. (Like POSIX_SPAWN_SETSID, addclosefrom_np is for GNU sources alone.)
        for descriptor: Int32 in 3..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        let script = ["sh", "-c", "cd \"$DIR\" && \(command)"]
        let arguments: [UnsafeMutablePointer<CChar>?] = script.map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        let result = posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, variables)
        close(outWrite)
        close(errWrite)
        guard result == 0 else { throw POSIXError(.init(rawValue: result) ?? .EIO) }
    }

    /// A pseudoterminal; returns the name of the side that the child opens.
    private func openTerminal() throws -> String {
        var side: Int32 = -1
        var name = [CChar](repeating: 0, count: 256)
        guard openpty(&terminal, &side, &name, nil, nil) == 0 else { throw POSIXError(.EIO) }
        _ = fcntl(terminal, F_SETFD, FD_CLOEXEC)
        // Kept open until the child has opened its own, or the terminal would be hung up.
        childSide = side
        _ = fcntl(side, F_SETFD, FD_CLOEXEC)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private var childSide: Int32 = -1

    private func channel() -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Reads, answers and looks until the streams are closed or the condition holds. Kills what takes over 60 s.
    func follow(
        _ reactions: [Reaction] = [], until isReached: () throws -> Bool
    ) rethrows {
        waiting += reactions
        while !open.isEmpty, try !isReached() {
            if Date() > deadline { kill(-pid, SIGKILL) }
            var polled = (open + (terminal >= 0 ? [terminal] : [])).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            poll(&polled, nfds_t(polled.count), 20)
            for entry in polled where entry.revents != 0 { take(entry.fd) }
            react(String(decoding: shown, as: UTF8.self), String(decoding: stderr, as: UTF8.self))
        }
    }

    /// Waits for the end.
    func finish() -> Outcome {
        follow { false }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        pid = 0
        for descriptor in [out, err, terminal, childSide] where descriptor >= 0 { close(descriptor) }
        return Outcome(
            stdout: String(decoding: stdout, as: UTF8.self), stderr: String(decoding: stderr, as: UTF8.self),
            terminal: String(decoding: shown, as: UTF8.self),
            status: status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F),
            unanswered: waiting.map(\.text))
    }

    var saidSoFar: String { String(decoding: stderr, as: UTF8.self) }
    var outputSoFar: String { String(decoding: stdout, as: UTF8.self) }

    private func take(_ descriptor: Int32) {
        let data = chunk(descriptor)
        switch descriptor {
        case out: stdout += data
        case err: stderr += data
        default: shown += data
        }
        guard data.isEmpty else { return }
        if descriptor == terminal { terminal = closed(terminal) } else { open.removeAll { $0 == descriptor } }
    }

    private func closed(_ descriptor: Int32) -> Int32 {
        close(descriptor)
        return -1
    }

    private func chunk(_ descriptor: Int32) -> Data {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? Data(bytes[..<count]) : Data()
    }

    /// Prompts are answered in order; the same text twice is two prompts.
    private func react(_ shown: String, _ stderr: String) {
        while let next = waiting.first {
            switch next.act {
            case .type(let text):
                guard isAsked(next.text, shown) else { return }
                let typed = text.replacingOccurrences(of: "$STATE", with: Browser.state(in: stderr) ?? "")
                write(terminal, typed, typed.utf8.count)
            case .look(let look):
                guard shown.contains(next.text) else { return }
                look(pid)
            case .signal(let number):
                guard shown.contains(next.text) || stderr.contains(next.text) else { return }
                kill(-pid, number)
            case .paste(let browser):
                guard let address = Browser.address(in: stderr), isAsked(next.text, shown) else { return }
                let text = browser.finalAddress(from: address) + "\r"
                write(terminal, text, text.utf8.count)
            case .visit(let browser):
                guard let address = Browser.address(in: stderr) else { return }
                browser.visit(address)
            }
            waiting.removeFirst()
        }
    }

    /// Whether the prompt stands there once more than it was answered; it counts as answered then.
    private func isAsked(_ prompt: String, _ shown: String) -> Bool {
        guard shown.components(separatedBy: prompt).count > answered[prompt, default: 0] + 1 else {
            return false
        }
        answered[prompt, default: 0] += 1
        return true
    }

    private var answered: [String: Int] = [:]
}
