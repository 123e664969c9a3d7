import Foundation
import Synchronization

/// A folder of its own for one script: home, settings, vault, and the binaries in PATH.
final class Playground {
    let folder: String
    private(set) var environment: [String: String]
    private var sandbox: Process?
    private var sandboxInput: Pipe?
    /// Texts that may stand in no output.
    private(set) var secrets: [String] = [Playground.passphrase, Playground.clientSecret]

    static let passphrase = "correct horse battery staple golden"
    static let clientSecret = "WPL_AP1.golden-client-secret=="
    /// Beside the test bundle, which on Linux is this very program.
    static let binaries = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    init() throws {
        let name = "advault-golden-\(UUID().uuidString.prefix(8).lowercased())"
        folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: name).path
        environment = [
            "HOME": folder + "/home", "PATH": Playground.binaries + ":/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            "DIR": folder,
        ]
        try FileManager.default.createDirectory(
            atPath: folder + "/home", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try write("secret", 0o600, Playground.clientSecret)
    }

    deinit {
        stopSandbox()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func set(_ name: String, _ value: String) { environment[name] = expanded(value) }

    func write(_ name: String, _ mode: Int, _ text: String) throws {
        let path = name.hasPrefix("/") ? name : folder + "/" + name
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data((expanded(text) + "\n").utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// Copies a prepared home here.
    func use(_ fixture: Fixture) throws {
        for item in try FileManager.default.contentsOfDirectory(atPath: fixture.folder) where item != "secret"
        {
            try? FileManager.default.removeItem(atPath: folder + "/" + item)
            try FileManager.default.copyItem(atPath: fixture.folder + "/" + item, toPath: folder + "/" + item)
        }
        environment["ADVAULT_KEY_FILE"] = folder + "/machine.key"
    }

    /// The vault as it lies on the disk. An empty -wal is the same as none; -shm is only an index of it.
    func vaultBytes() -> [String: Data] {
        var bytes: [String: Data] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            guard path.hasSuffix(".db") || path.hasSuffix(".db-wal") else { continue }
            if let data = FileManager.default.contents(atPath: folder + "/" + path), !data.isEmpty {
                bytes[path] = data
            }
        }
        return bytes
    }

    /// Starts the sandbox and waits for the line that says it is ready.
    func startSandbox(_ options: String) throws {
        let port = Playground.freePort()
        let providers = folder + "/home/.config/advault/providers"
        try FileManager.default.createDirectory(atPath: providers, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Playground.binaries + "/advault-sandbox")
        process.arguments =
            [
                "serve", "--port", "0", "--write-provider", providers + "/linkedin-sandbox.json",
                "--redirect-uri",
                "http://localhost:\(port)/callback/linkedin-sandbox", "--until-stdin-closes",
            ] + options.split(separator: " ").map(String.init)
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        (sandbox, sandboxInput) = (process, input)
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) {
            line += byte
        }
        let ready = try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
        let secret = ready["client_secret"] as? String ?? ""
        secrets.append(secret)
        try write("secret", 0o600, secret)
        environment["CLIENT_ID"] = ready["client_id"] as? String
        environment["SANDBOX"] = ready["base_url"] as? String
        environment["CONTROL_KEY"] = ready["control_key"] as? String
        environment["PORT"] = String(port)
        environment["REDIRECT_URI"] = "http://localhost:\(port)/callback/linkedin-sandbox"
    }

    /// At once: its orderly end takes a second, and nothing of it is wanted any more.
    func stopSandbox() {
        if let sandbox { kill(sandbox.processIdentifier, SIGKILL) }
        sandbox?.waitUntilExit()
        sandbox = nil
    }

    /// Below those that the system chooses: no server that is started meanwhile is given it. No port comes twice soon.
    static func freePort() -> UInt16 {
        while true {
            let port = lastPort.withLock {
                $0 = $0 < 32_767 ? $0 + 1 : 20_000
                return $0
            }
            if isFree(port) { return port }
        }
    }

    private static let lastPort = Mutex(UInt16.random(in: 20_000...32_767))

    private static func isFree(_ port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// `$NAME` in a directive, from the environment of the commands.
    func expanded(_ text: String) -> String {
        var text = text
        for (name, value) in environment.sorted(by: { $0.key.count > $1.key.count }) {
            text = text.replacingOccurrences(of: "$" + name, with: value)
        }
        return text
    }

    /// What differs from run to run, by placeholders.
    func normalised(_ text: String) -> String {
        var text = text.replacingOccurrences(of: folder, with: "$DIR")
        for name in ["REDIRECT_URI", "SANDBOX", "CLIENT_ID", "PORT"] {
            if let value = environment[name] { text = text.replacingOccurrences(of: value, with: "$" + name) }
        }
        for (pattern, placeholder) in Playground.volatile {
            text = text.replacingOccurrences(of: pattern, with: placeholder, options: .regularExpression)
        }
        return text
    }

    private static let volatile = [
        ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", "<time>"),
        ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "<date>"),
        ("ADVAULT-SECRET-KEY-1[0-9A-Z]+", "<secret key>"),
        ("advault1[0-9a-z]{20,}", "<public key>"),
        ("ADVAULT-APP-1 [A-Za-z0-9_-]{20,}", "ADVAULT-APP-1 <app>"),
        ("(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", "<id>"),
        ("(127\\.0\\.0\\.1|localhost|\\[::1\\]):[0-9]+/start[^ \n]*", "$1:<port>/<start>"),
        ("before-restore-[0-9]{8}T[0-9]{6}Z(-[0-9]+)?", "before-restore-<stamp>"),
        ("by process [0-9]+", "by process <pid>"),
        ("state=[A-Za-z0-9_-]{43}", "state=<state>"),
        ("port [0-9]{4,5} of", "port <port> of"),
        ("x-li-uuid(\":\"| )[^ ,\"\n]+", "x-li-uuid$1<id>"),
        ("x-li-request-id(\":\"| )[^ ,\"\n]+", "x-li-request-id$1<id>"),
        ("in (59|60|364|365) days", "in <n> days"),
        ("(_seconds_left\":)[0-9]+", "$1<n>"),
    ]
}
