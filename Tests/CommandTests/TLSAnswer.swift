import Foundation

/// A server behind TLS, in Python, that answers every request as RFC 7662 answers an unknown token. Its certificate,
/// which signs itself, is `server.pem` in the playground.
final class TLSAnswer {
    let port: Int
    private let child: ChildProcess

    private static let server = """
        import re, socket, ssl
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("server.pem", "server.key")
        server = socket.create_server(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)
        body = b"{\\"active\\":false}"
        answer = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n"
        while True:
            plain, _ = server.accept()
            try:
                with context.wrap_socket(plain, server_side=True) as client:
                    head, rest = b"", b""
                    while more := client.recv(65536):
                        head, end, rest = (head + rest + more).partition(b"\\r\\n\\r\\n")
                        size = re.search(rb"(?i)content-length: *([0-9]+)", head)
                        if end and len(rest) >= int(size[1] if size else 0): break
                        head += end
                    client.sendall(answer % len(body) + body)
            except OSError: pass
        """

    /// A client that heeds SSLKEYLOGFILE.
    static let client = """
        import socket, ssl, sys
        context = ssl.create_default_context(cafile="server.pem")
        plain = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        context.wrap_socket(plain, server_hostname="localhost").sendall(b"GET / HTTP/1.1\\r\\n\\r\\n")
        """

    init(_ playground: Playground) throws {
        try playground.write("server.py", 0o600, TLSAnswer.server)
        let made = try ChildProcess.run(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key "
                + "-out server.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 2",
            environment: playground.environment, terminal: false)
        guard made.status == 0 else { throw Fixture.Failure(text: made.stderr) }
        child = try ChildProcess.begin("exec python3 server.py", environment: playground.environment)
        var found: Int?
        let child = child
        child.follow {
            if child.outputSoFar.hasSuffix("\n") { found = Int(child.outputSoFar.dropLast()) }
            return found != nil
        }
        guard let found else { throw Fixture.Failure(text: "no port: \(child.finish().stderr)") }
        port = found
    }

    func stop() {
        kill(child.pid, SIGKILL)
        _ = child.finish()
    }
}
