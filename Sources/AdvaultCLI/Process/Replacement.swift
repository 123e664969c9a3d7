internal import Glibc
internal import Secrets

/// Another program in this process's place. From then on process number, signals, terminal and exit code are the
/// program's own, and nothing of our memory is left: nobody stands in between.
struct Replacement {
    let inherited: Inherited
    /// How many of our own last arguments are its words, 1 or more: taken as bytes, not as text.
    let words: Int
    /// Where it finds the token.
    let variable: String

    /// Returns only where the program was not begun. The token stands in one block of the secure heap, of which
    /// execve(2) makes the new program's copy.
    func run(_ token: borrowing SecretBytes) -> CommandError {
        let entry: SecretBytes
        do { entry = try self.entry(token) } catch { return .secrets(error) }
        return entry.withBytes { span in
            unsafe span.withUnsafeBytes { bytes in
                // Not empty: a zero byte ends it. execve takes a writable pointer and writes nothing.
                let text = unsafe UnsafeMutablePointer(
                    mutating: bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
                return unsafe begin(with: text)
            }
        }
    }

    private func entry(_ token: borrowing SecretBytes) throws(SecretsError) -> SecretBytes {
        var entry = try SecretBuffer(limit: variable.utf8.count + token.count + 2)
        try entry.append(clear: variable + "=")
        try entry.append(token)
        try entry.append(0)
        return entry.finish()
    }

    private func begin(with entry: Inherited.Text) -> CommandError {
        let arguments = unsafe inherited.arguments.suffix(words)
        let command = unsafe bytes(of: arguments[arguments.startIndex])
        let list = unsafe arguments.map { unsafe Optional($0) } + [nil]
        let environment = unsafe passedOn.map { unsafe Optional($0) } + [entry, nil]
        let candidates = ProgramSearch.candidates(command, path: path)
        inherited.giveBack()
        var fault = CommandError.RunFault.notFound
        for candidate in candidates {
            let path = candidate.map { CChar(bitPattern: $0) } + [0]
            unsafe execve(path, list, environment)
            guard ProgramSearch.goOn(after: errno, at: path, &fault) else { break }
        }
        return .notRun(command: String(decoding: command, as: UTF8.self), fault)
    }

    /// The caller's environment, without what is advault's own and what the token takes the place of.
    private var passedOn: [Inherited.Text] {
        unsafe inherited.environment.filter { entry in
            let name = unsafe name(of: entry)
            // A secret that was wiped has left an empty entry.
            return unsafe entry.pointee != 0 && name != variable && !VariableName.isOurs(name)
        }
    }

    private var path: [UInt8]? {
        let entry = unsafe inherited.environment.first { unsafe name(of: $0) == "PATH" }
        return unsafe entry.map { unsafe Array(bytes(of: $0).dropFirst("PATH=".utf8.count)) }
    }

    private func name(of entry: Inherited.Text) -> String {
        let size = unsafe strcspn(entry, "=")
        return unsafe String(decoding: UnsafeRawBufferPointer(start: entry, count: size), as: UTF8.self)
    }

    private func bytes(of text: Inherited.Text) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
