import Foundation
import Sandbox
import Testing

/// The programs beside the test bundle.
private enum Program {
    static let folder =
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        .map { URL(fileURLWithPath: $0.bundlePath).deletingLastPathComponent() }
        ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    static var sandbox: String { folder.appendingPathComponent("advault-sandbox").path }
    static var advault: String { folder.appendingPathComponent("advault").path }
}

/// One run of advault-sandbox.
private final class Run {
    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private let ended: AsyncStream<Int32>

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: Program.sandbox)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        self.ended = ended
        process.terminationHandler = { @Sendable process in
            end.yield(process.terminationReason == .exit ? process.terminationStatus : -1)
            end.finish()
        }
        try process.run()
    }

    func firstLine() -> Data {
        var line = Data()
        while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
            line.append(data)
            if let end = line.firstIndex(of: 0x0A) { return line[line.startIndex..<end] }
        }
        return line
    }

    /// Both streams to their ends; what is printed fits into a pipe.
    func finish() async -> (status: Int32, output: String, errors: String) {
        var status: Int32 = -1
        for await number in ended { status = number }
        let texts = [output, errors].map {
            String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        return (status, texts[0], texts[1])
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }
}

@Suite struct ServeTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func itTellsWhereItIsAndEndsInPeace(_ signal: Int32) async throws {
        let provider = FileManager.default.temporaryDirectory.path + "/provider-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: provider) }
        let run = try Run(["serve", "--refresh", "rotating", "--write-provider", provider])
        let line = try #require(try JSONSerialization.jsonObject(with: run.firstLine()) as? [String: Any])
        let base = try #require(line["base_url"] as? String)
        #expect(base.hasPrefix("http://127.0.0.1:"))
        for name in ["control_key", "client_id", "client_secret"] {
            #expect((line[name] as? String)?.isEmpty == false)
        }
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: provider)))
        #expect((file as? [String: Any])?["token_url"] as? String == base + "/oauth/v2/accessToken")
        run.send(signal)
        #expect(await run.finish().status == 0)
    }
}

@Suite struct TourTests {
    @Test func theTourGoesThroughAndFindsNothing() async throws {
        let end = try await Run(["tour"]).finish()
        #expect(end.status == 0)
        #expect(end.errors == "")
        #expect(end.output.contains("acme: refreshed"))
        #expect(end.output.contains("none was found"))
    }

    /// Were the search blind, the tour would end well here too.
    @Test(arguments: [
        ("base64 -w0 cron.key > \"$XDG_DATA_HOME/advault/copy\"", "machine key, base64"),
        (
            "(printf y; cat passphrase) | base64 -w0 >> \"$XDG_DATA_HOME/advault/vault.db\"",
            "passphrase, base64"
        ),
        ("\"$0.real\" token acme --passphrase-file passphrase", "what was printed: token"),
    ])
    func aLeakEndsTheTourWithOne(_ leak: String, _ finding: String) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/leaky-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/advault.real", withDestinationPath: Program.advault)
        let script = """
            #!/bin/sh
            "$0.real" "$@" || exit
            if [ "$1" = list ]; then \(leak); fi

            """
        let made = FileManager.default.createFile(
            atPath: folder + "/advault", contents: Data(script.utf8), attributes: [.posixPermissions: 0o700])
        #expect(made)
        let end = try await Run(["tour", "--advault", folder + "/advault"]).finish()
        #expect(end.status == 1)
        #expect(end.errors.contains(finding), "\(end.errors)")
    }
}
