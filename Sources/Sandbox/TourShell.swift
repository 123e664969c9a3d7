import Foundation

/// Runs commands as a person would type them, in a folder and an environment of their own.
struct TourShell {
    let advault: String
    let folder: String
    let environment: [String: String]
    /// Whatever a command printed, and the commands themselves: searched at the end.
    private(set) var transcript = ""

    init(advault: String, folder: String, environment: [String: String]) {
        self.advault = advault
        self.folder = folder
        self.environment = environment
    }

    /// Prints the command and what it answers; both its streams, as on a terminal.
    ///
    /// - Parameter prefix: what a person would type before it to change the environment; `with` is that change.
    /// - Returns: the lines that it printed.
    /// - Throws: `TourFailure.command` where it did not end with 0.
    @discardableResult
    mutating func run(
        _ arguments: [String], typing prefix: String = "", with more: [String: String] = [:],
        onLine: (String) async throws -> Void = { _ in }
    ) async throws -> [String] {
        let words = "advault " + arguments.map(TourShell.quote).joined(separator: " ")
        say("$ " + prefix + words)
        var lines: [String] = []
        let child = try Child(advault, arguments, environment.merging(more) { $1 }, folder)
        for await line in child.lines {
            lines.append(line)
            say(line)
            do {
                try await onLine(line)
            } catch {
                child.terminate()
                throw error
            }
        }
        let status = await child.status()
        say("")
        guard status == 0 else { throw TourFailure.command(words, status: status) }
        return lines
    }

    mutating func say(_ line: String) {
        transcript += line + "\n"
        TourShell.print(line)
    }

    /// Past the buffer of print, so that the lines stand in order with those of other writers.
    static func print(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }

    static func quote(_ word: String) -> String {
        let plain = word.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=@%+,".contains($0))
        }
        return plain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}

/// One running command.
private final class Child {
    /// What it prints on both streams, without the line ends.
    let lines: AsyncStream<String>
    private let process = Process()
    private let ended: AsyncStream<Int32>

    init(_ path: String, _ arguments: [String], _ environment: [String: String], _ folder: String) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        self.ended = ended
        process.terminationHandler = { @Sendable process in
            end.yield(process.terminationReason == .exit ? process.terminationStatus : 128)
            end.finish()
        }
        lines = Child.read(output.fileHandleForReading)
        try process.run()
    }

    func status() async -> Int32 {
        for await status in ended { return status }
        return 128
    }

    func terminate() { process.terminate() }

    /// On a thread of its own: the cooperative ones are the server's.
    private static func read(_ handle: FileHandle) -> AsyncStream<String> {
        let (stream, writer) = AsyncStream.makeStream(of: String.self)
        let descriptor = handle.fileDescriptor
        Thread.detachNewThread {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            var rest = Data()
            while case let data = handle.availableData, !data.isEmpty {
                rest.append(data)
                while let end = rest.firstIndex(of: 0x0A) {
                    writer.yield(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest = Data(rest[rest.index(after: end)...])
                }
            }
            if !rest.isEmpty { writer.yield(String(decoding: rest, as: UTF8.self)) }
            writer.finish()
        }
        return stream
    }
}
