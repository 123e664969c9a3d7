import Foundation

/// django-oauth-toolkit under waitress, started by Tests/ThirdParty/serve.sh and shared by the tests of one suite.
///
/// It ends when this process does, however that ends: it watches the pipe that is its standard input.
struct ThirdPartyServer: Sendable {
    /// What serve.sh prints when everything answers.
    struct Ready: Decodable, Sendable {
        let baseUrl: URL
        let tlsBaseUrl: URL
        let caFile: String
        let controlUrl: URL
        let clientId: String
        let clientSecret: String
        let username: String
        let password: String
        let providerFiles: [String: String]
    }

    /// What the server has seen since it started.
    struct State: Decodable {
        struct Request: Decodable {
            let path: String
            let grant: String?
            let status: Int
            let secure: Bool
        }

        let requests: [Request]
        let refreshTokensIssued: Int
        let refreshTokensLive: Int
    }

    struct Failure: Error { let text: String }

    let ready: Ready

    /// A refresh spends the refresh token; a spent one ends the whole family.
    static let rotating = Result { try start(["--rotate", "on"]) }
    /// The refresh token stays the same.
    static let stable = Result { try start(["--rotate", "off"]) }
    /// PKCE demanded, `iss` in the callback, client credentials by HTTP Basic.
    static let strict = Result {
        try start(["--rotate", "on", "--pkce", "S256", "--issuer", "on", "--client-auth", "basic"])
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "ThirdParty")

    /// Making the virtual environment the first time takes most of it.
    private static let patience: TimeInterval = 300

    private static func start(_ options: [String]) throws -> ThirdPartyServer {
        let (input, output) = (pipeOfOurs(), pipeOfOurs())
        let process = Process()
        process.executableURL = folder.appending(path: "serve.sh")
        process.arguments = options + ["--until-stdin-ends"]
        process.standardInput = FileHandle(fileDescriptor: input.read, closeOnDealloc: true)
        process.standardOutput = FileHandle(fileDescriptor: output.write, closeOnDealloc: true)
        try process.run()
        close(output.write)
        close(input.read)
        // The write end of its input is left open on purpose, until this process ends.
        let line = readLine(output.read, until: Date().addingTimeInterval(patience))
        guard let line else {
            process.terminate()
            throw Failure(text: "Tests/ThirdParty/serve.sh did not start; its stderr stands above")
        }
        return ThirdPartyServer(ready: try decoder().decode(Ready.self, from: line))
    }

    /// Its ends are closed in every child, so that no other program keeps the server alive.
    private static func pipeOfOurs() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// - Returns: nil when the other side ended, or nothing came in time.
    private static func readLine(_ descriptor: Int32, until deadline: Date) -> Data? {
        var line = Data()
        while true {
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = deadline.timeIntervalSinceNow
            guard left > 0, poll(&polled, 1, Int32(left * 1000)) == 1 else { return nil }
            var byte: UInt8 = 0
            guard read(descriptor, &byte, 1) == 1 else { return nil }
            if byte == 0x0A { return line }
            line.append(byte)
        }
    }

    private static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    func state() throws -> State {
        let data = try Data(contentsOf: ready.controlUrl.appending(path: "state"))
        return try ThirdPartyServer.decoder().decode(State.self, from: data)
    }

    /// The member ends every grant.
    func revoke() throws { try control("revoke") }

    /// Another holder of the newest refresh token uses it.
    func spend() throws {
        try control("spend", "client_id=\(ready.clientId)&client_secret=\(ready.clientSecret)")
    }

    private func control(_ action: String, _ form: String = "") throws {
        let outcome = try ChildProcess.run(
            "python3 -c \"import sys, urllib.request as u; u.urlopen(sys.argv[1], sys.argv[2].encode())\" "
                + "'\(ready.controlUrl.appending(path: action))' '\(form)'",
            environment: ["PATH": "/usr/bin:/bin", "DIR": "/"], terminal: false)
        guard outcome.status == 0 else { throw Failure(text: "\(action): \(outcome.stderr)") }
    }
}
