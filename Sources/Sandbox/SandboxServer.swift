import FlyingFox
import Foundation

/// The sandbox on a loopback port, by FlyingFox.
package struct SandboxServer: Sendable {
    package let sandbox: Sandbox
    /// "http://127.0.0.1:PORT", without a slash at its end.
    package let baseURL: String
    private let server: HTTPServer
    private let task: Task<Void, Never>

    /// Listens on 127.0.0.1 alone; port 0 takes a free one.
    ///
    /// - Throws: where the port is taken.
    package static func start(_ sandbox: Sandbox, port: UInt16 = 0) async throws -> SandboxServer {
        let address = try sockaddr_in.inet(ip4: "127.0.0.1", port: port)
        let server = HTTPServer(
            address: address, timeout: 86_400, logger: .disabled, handler: Doorman(sandbox: sandbox))
        let task = Task { () -> Void in try? await server.run() }
        do {
            try await server.waitUntilListening(timeout: 5)
        } catch {
            task.cancel()
            throw ControlError.body("cannot listen on 127.0.0.1:\(port)")
        }
        guard case .ip4(_, let bound)? = await server.listeningAddress else {
            throw ControlError.body("cannot tell the port")
        }
        return SandboxServer(
            sandbox: sandbox, baseURL: "http://127.0.0.1:\(bound)", server: server, task: task)
    }

    /// Ends every connection, held and hanging ones too.
    package func stop() async {
        await sandbox.release()
        await server.stop(timeout: 0)
        task.cancel()
    }

    /// Returns when the server has ended.
    package func wait() async { await task.value }
}

/// Takes requests off FlyingFox and gives it answers, failures applied.
private struct Doorman: HTTPHandler {
    let sandbox: Sandbox

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        let delivery = await sandbox.handle(try await plain(request))
        let failure = delivery.failure
        if let delay = failure?.delay { try await Task.sleep(for: .milliseconds(delay)) }
        if failure?.hang == true { try await Forever.wait() }
        if failure?.drop == true { return HTTPResponse(webSocket: Drop()) }
        return response(delivery)
    }

    private func plain(_ request: HTTPRequest) async throws -> Request {
        var headers: [String: String] = [:]
        for (name, value) in request.headers { headers[name.rawValue.lowercased()] = value }
        return Request(
            method: request.method.rawValue, path: request.target.path(),
            query: request.target.query(), body: try await request.bodyData, headers: headers,
            peer: request.remoteAddress.map { "\($0)" })
    }

    private func response(_ delivery: Sandbox.Delivery) -> HTTPResponse {
        let answer = delivery.answer
        let body = PacedBody(
            bytes: answer.body, cutAfter: delivery.failure?.cutAfter, stallAfter: delivery.failure?.stallAfter
        ) { [sandbox] in
            await sandbox.delivered(answer)
        }
        let headers = HTTPHeaders(
            Dictionary(answer.headers.map { (HTTPHeader($0.key), $0.value) }) { $1 })
        return HTTPResponse(
            statusCode: HTTPStatusCode(answer.status, phrase: answer.status < 400 ? "OK" : "Refused"),
            headers: headers,
            body: HTTPBodySequence(from: body, count: answer.body.count))
    }
}

/// FlyingFox writes nothing before a web socket has its frames: one that cannot have them closes the connection
/// without a byte.
private struct Drop: WSHandler {
    struct Dropped: Error {}

    func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame>
    {
        throw Dropped()
    }
}
