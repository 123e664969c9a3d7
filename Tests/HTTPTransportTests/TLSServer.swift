import Foundation

/// A server behind TLS in a process of its own (Python's ssl), so that no library is shared with ours.
final class TLSServer: Sendable {
    let port: Int
    private let process: Process
    private let input = Pipe()

    /// - Parameter version: the one TLS version it speaks ("TLSv1_1"), or nil for all that are usual.
    /// - Parameter answer: what it sends to every request; nil hangs up after reading it, "echo"
    ///   sends the last 48 bytes of the request back, white space left out.
    init(
        _ authority: TestAuthority, certificate: String, version: String? = nil, answer: String? = .answer()
    ) throws {
        let script = """
            import os, re, socket, ssl, sys, threading
            # Ends with whoever started it: the other end of stdin goes with the test.
            threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
            folder, name, version, answer = sys.argv[1:]
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{folder}/{name}.pem", f"{folder}/{name}.key")
            if version:
                context.set_ciphers("ALL:@SECLEVEL=0")
                context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
            server = socket.create_server(("127.0.0.1", 0))
            print(server.getsockname()[1], flush=True)
            while True:
                plain, _ = server.accept()
                try:
                    with context.wrap_socket(plain, server_side=True) as client:
                        while (request := client.recv(65536)) and answer:
                            # A body may come after its head, in a record of its own.
                            size = re.search(rb"Content-Length: ([0-9]+)", request)
                            while size and len(request.split(b"\\r\\n\\r\\n", 1)[-1]) < int(size[1]):
                                request += client.recv(65536)
                            if answer == "echo":
                                body = request.strip()[-48:]
                                client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
                            else:
                                client.sendall(answer.encode())
                            break
                except OSError:
                    pass
            """
        let output = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-W", "ignore", "-c", script, authority.folder.path, certificate, version ?? "",
            answer ?? "",
        ]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw NoPort() }
        self.port = port
    }

    deinit { process.terminate() }

    struct NoPort: Error {}
}
