internal import Glibc
package import Secrets

/// The person's terminal, /dev/tty: never stdin, so that a pipe can neither answer nor swallow a prompt.
package struct Terminal: ~Copyable {
    private let descriptor: Int32

    /// nil when the process has no terminal.
    package init?() {
        let opened = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard opened >= 0 else { return nil }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Whether there is a terminal to ask on.
    package static var isThere: Bool {
        switch Terminal() {
        case .some: true
        case .none: false
        }
    }

    /// Asks without echo. What is typed goes byte by byte into locked memory; the terminal is as it was before
    /// this returns or throws.
    ///
    /// Signals are blocked meanwhile and looked for between the keys, so that none can end the process while the
    /// echo is off; one that came is reported as `.interrupted`.
    package borrowing func readSecret(_ prompt: String, limit: Int) throws(CommandError) -> SecretBytes {
        try read(prompt, limit: limit, hidden: tcflag_t(ECHO | ECHONL))
    }

    /// Asks what is answered with yes or no; anything but `y` and `yes` is no.
    package borrowing func confirm(_ question: String) throws(CommandError) -> Bool {
        let answer = try read(question + " [y/N] ", limit: 64, hidden: tcflag_t(ECHONL))
        return answer.withBytes { span in
            // Bit 0x20 is what makes a letter small.
            let letters = (0..<span.byteCount).map {
                unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) | 0x20
            }
            return letters == Array("y".utf8) || letters == Array("yes".utf8)
        }
    }

    /// Waits until Enter is pressed; what else is typed is dropped.
    package borrowing func waitForEnter(_ prompt: String) throws(CommandError) {
        _ = try read(prompt, limit: 1_024, hidden: tcflag_t(ECHO | ECHONL))
    }

    /// Shows a secret that was made here.
    package borrowing func show(
        _ before: String, _ secret: borrowing SecretBytes, _ after: String
    ) throws(CommandError) {
        try say(before)
        do throws(CommandError) { try Output.write(secret, to: descriptor) } catch {
            guard case .output(let number) = error else { throw error }
            throw .terminal(errno: number)
        }
        try say(after)
    }

    private borrowing func read(
        _ prompt: String, limit: Int, hidden: tcflag_t
    ) throws(CommandError) -> SecretBytes {
        let signals = HeldSignals()
        defer { signals.release() }
        var before = termios()
        guard unsafe tcgetattr(descriptor, &before) == 0 else { throw .terminal(errno: errno) }
        var silent = before
        silent.c_lflag &= ~(hidden | tcflag_t(ICANON | ISIG | IEXTEN))
        // TCSAFLUSH drops what was typed before the question stood there.
        guard unsafe tcsetattr(descriptor, TCSAFLUSH, &silent) == 0 else { throw .terminal(errno: errno) }
        defer { _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &before) }
        try say(prompt)
        defer { try? say("\n") }
        return try readLine(signals, limit)
    }

    private borrowing func readLine(_ signals: HeldSignals, _ limit: Int) throws(CommandError) -> SecretBytes
    {
        var typed: SecretBuffer
        do { typed = try SecretBuffer(limit: limit) } catch { throw .secrets(error) }
        while true {
            let byte = try nextByte(signals)
            switch byte {
            case 0x0A, 0x0D: return typed.finish()
            case 0x03: throw .interrupted(signal: SIGINT)
            case 0x1C: throw .interrupted(signal: SIGQUIT)
            case 0x04 where typed.count == 0: throw .endOfInput
            case 0x04: return typed.finish()
            case 0x7F, 0x08: typed.removeLastCharacter()
            case 0x15: typed.removeAll()
            // An arrow or function key sends more behind the escape: none of it belongs to a secret.
            case 0x1B: dropWaiting()
            case 0x00..<0x20: continue
            default:
                do { try typed.append(byte) } catch {
                    throw .secretTooLong(source: "what was typed", limit: limit)
                }
            }
        }
    }

    /// Waits for a key; a signal that is pending ends the wait within a fifth of a second.
    private borrowing func nextByte(_ signals: HeldSignals) throws(CommandError) -> UInt8 {
        while true {
            if let signal = signals.pending {
                signals.discard()
                throw .interrupted(signal: signal)
            }
            var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&input, 1, 200)
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            var byte: UInt8 = 0
            let count = unsafe Glibc.read(descriptor, &byte, 1)
            if count == 1 { return byte }
            if count == 0 { throw .endOfInput }
            if errno != EINTR && errno != EAGAIN { throw .terminal(errno: errno) }
        }
    }

    private borrowing func dropWaiting() {
        var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        while unsafe poll(&input, 1, 10) == 1, unsafe Glibc.read(descriptor, &byte, 1) == 1 {}
    }

    private borrowing func say(_ text: String) throws(CommandError) {
        let bytes = Array(text.utf8)
        let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 { throw .terminal(errno: errno) }
    }
}

extension SecretBuffer {
    /// Forgets the last UTF-8 character: continuation bytes and the byte that begins it.
    fileprivate mutating func removeLastCharacter() {
        var isContinuation = true
        while count > 0 && isContinuation {
            let last = count - 1
            isContinuation =
                withBytes { unsafe $0.unsafeLoad(fromByteOffset: last, as: UInt8.self) } & 0xC0 == 0x80
            removeLast()
        }
    }
}
