internal import Glibc
package import Secrets

/// A program that prints a secret: run without a shell, bounded in time and output, told which of two keys is
/// wanted.
package struct KeyCommand: Sendable {
    /// Handed over in ADVAULT_KEY_PURPOSE.
    package enum Purpose: String, Sendable {
        /// The key that opens the vault now.
        case old
        /// The key that is being made.
        case new
    }

    /// Bytes of output that are read.
    package static let outputLimit = 4096
    /// How long it may take.
    package static let timeLimit = Duration.seconds(60)

    private let words: [String]
    /// What it was given in: `--key-command`, ADVAULT_KEY_COMMAND.
    private let source: String

    /// - Throws: `.command` when the text has no first word or a quote is not closed.
    package init(_ text: String, source: String) throws(CommandError) {
        self.source = source
        switch CommandWords.split(text) {
        case .success(let words): self.words = words
        case .failure(.empty): throw .command(source: source, .empty)
        case .failure(.openQuote): throw .command(source: source, .openQuote)
        }
    }

    /// Runs it and returns what it printed, without one trailing line end. When it fails, prints too much, takes too
    /// long, or a signal comes for us meanwhile, its process group is killed.
    package func read(
        _ purpose: Purpose, _ context: CommandContext, within limit: Duration = timeLimit
    ) throws(CommandError) -> SecretBytes {
        let signals = HeldSignals()
        defer { signals.release() }
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw .command(source: source, .notStarted(words[0], errno: errno))
        }
        let output = ends[0]
        defer { close(output) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
        let child = try start(purpose, context, writingTo: ends[1])
        var run = try Run(child: child, output: output)
        do throws(CommandError) {
            try run.follow(signals, until: .now + limit, source)
        } catch {
            run.kill()
            throw error
        }
        return try run.finish(source)
    }

    private func start(
        _ purpose: Purpose, _ context: CommandContext, writingTo end: Int32
    ) throws(CommandError) -> ChildProgram {
        defer { close(end) }
        let environment =
            ChildEnvironment.entries(ChildEnvironment.command, context) + [
                "ADVAULT_KEY_PURPOSE=\(purpose.rawValue)"
            ]
        do {
            return try ChildProgram(words, environment: environment, output: end, keepsErrors: true)
        } catch { throw .command(source: source, .notStarted(words[0], errno: error.errno)) }
    }
}

/// One run of it.
private struct Run: ~Copyable {
    private let child: ChildProgram
    private let output: Int32
    private var text: SecretBuffer
    /// As waitpid gives it, once it has ended.
    private var status: Int32?
    private var isAtEnd = false

    init(child: ChildProgram, output: Int32) throws(CommandError) {
        (self.child, self.output) = (child, output)
        do { text = try SecretBuffer(limit: KeyCommand.outputLimit + 2) } catch { throw .secrets(error) }
    }

    /// Until the program has ended and what it had written is read. A helper that it left running and that holds the
    /// pipe is not waited for.
    mutating func follow(
        _ signals: HeldSignals, until deadline: ContinuousClock.Instant, _ source: String
    ) throws(CommandError) {
        while status == nil {
            if let signal = signals.pending {
                signals.discard()
                throw .interrupted(signal: signal)
            }
            guard ContinuousClock.now < deadline else { throw .command(source: source, .timedOut) }
            wait()
            // The end is asked for first: what is read after it is all there is.
            status = try ended(source)
            try drain(source)
        }
    }

    /// A little while, or until there is something to read.
    private func wait() {
        var input = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        _ = isAtEnd ? poll(nil, 0, 10) : unsafe poll(&input, 1, 50)
    }

    private func ended(_ source: String) throws(CommandError) -> Int32? {
        var status: Int32 = 0
        let found = unsafe waitpid(child.pid, &status, WNOHANG)
        if found < 0 && errno != EINTR {
            throw .command(source: source, .notStarted("waitpid", errno: errno))
        }
        return found == child.pid ? status : nil
    }

    private mutating func drain(_ source: String) throws(CommandError) {
        while !isAtEnd {
            let count: Int
            do {
                count = try unsafe text.append(upTo: 512) { room in
                    unsafe Glibc.read(output, room.baseAddress, room.count)
                }
            } catch { throw .secrets(error) }
            guard text.count <= KeyCommand.outputLimit else {
                throw .command(source: source, .tooLong(limit: KeyCommand.outputLimit))
            }
            if count == 0 { isAtEnd = true }
            if count < 0 { return }
        }
    }

    /// The whole group, and the program is buried.
    mutating func kill() {
        guard status == nil else { return }
        _ = Glibc.kill(-child.pid, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(child.pid, &status, 0) < 0 && errno == EINTR {}
    }

    consuming func finish(_ source: String) throws(CommandError) -> SecretBytes {
        let status = status ?? 0
        let signal = status & 0x7F
        guard signal == 0 else { throw .command(source: source, .signalled(signal)) }
        let code = (status >> 8) & 0xFF
        guard code == 0 else { throw .command(source: source, .failed(code: code)) }
        text.stripLineEnd()
        guard text.count > 0 else { throw .command(source: source, .printedNothing) }
        return text.finish()
    }
}
