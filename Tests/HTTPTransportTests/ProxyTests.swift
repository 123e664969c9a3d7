import Foundation
import HTTPTransport
import Testing

/// In processes of their own: the environment belongs to all threads.
@Suite("Proxies of the environment", .timeLimit(.minutes(1)))
struct ProxyTests {
    @Test func loopbackNeverGoesThroughOne() async {
        await #expect(processExitsWith: .success) {
            let proxy = PlainServer(.answer(body: "proxy"))
            for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
                setenv(name, proxy.url, 1)
            }
            let server = PlainServer(.answer(body: "server"))
            let answer = try send(.get, server.url)
            precondition(answer.body == "server")
            let named = try send(.get, "http://localhost:\(server.port)")
            precondition(named.body == "server")
            precondition(proxy.connections == 0)
        }
    }

    /// Also guards that what is meant for the server is not told to the proxy, and that a refused CONNECT, whose
    /// bytes libcurl counts as the request's, leaves the token unspent.
    @Test func othersDoAndARefusalMeansNotSent() async {
        await #expect(processExitsWith: .success) {
            let proxy = PlainServer(.answer("403 Forbidden"))
            setenv("HTTPS_PROXY", proxy.url, 1)
            var caught: TransportError?
            do {
                _ = try send(
                    .post, "https://nowhere.invalid/", authorization: "Bearer token-1", body: "secret-1")
            } catch let error as TransportError { caught = error }
            precondition(caught == .notSent(.proxy))
            precondition(proxy.requests.count == 1)
            precondition(proxy.requests[0].hasPrefix("CONNECT nowhere.invalid:443 "))
            precondition(!proxy.requests[0].contains("token-1") && !proxy.requests[0].contains("secret-1"))
        }
    }
}
