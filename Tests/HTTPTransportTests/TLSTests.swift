import HTTPTransport
import Testing

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
        try authority.issue("here", for: "DNS:localhost,IP:127.0.0.1")
    }

    private func trusting(_ authority: TestAuthority) -> HTTPClient {
        .quick(trust: TrustAnchors(file: authority.certificate))
    }

    @Test func aCertificateOfANamedAuthority() throws {
        let server = try TLSServer(authority, certificate: "here", answer: .answer(body: "here"))
        for host in ["localhost", "127.0.0.1"] {
            let answer = try send(
                .post, "https://\(host):\(server.port)/", body: "a=1", by: trusting(authority))
            #expect(answer == PlainAnswer(status: 200, headers: [], body: "here"))
        }
    }

    @Test func anAuthorityThatNobodyNamed() throws {
        let server = try TLSServer(authority, certificate: "here")
        let other = try TestAuthority()
        for client in [HTTPClient.quick(), trusting(other)] {
            #expect(throws: TransportError.notSent(.certificate)) {
                try send(.post, "https://localhost:\(server.port)/", body: "a=1", by: client)
            }
        }
    }

    @Test func anotherHostsCertificate() throws {
        try authority.issue("other", for: "DNS:other.example")
        let server = try TLSServer(authority, certificate: "other")
        #expect(throws: TransportError.notSent(.certificate)) {
            try send(.post, "https://localhost:\(server.port)/", body: "a=1", by: trusting(authority))
        }
    }

    @Test("Old versions", arguments: ["TLSv1", "TLSv1_1"])
    func oldVersions(_ version: String) throws {
        let server = try TLSServer(authority, certificate: "here", version: version)
        #expect(throws: TransportError.notSent(.tls)) {
            try send(.post, "https://localhost:\(server.port)/", body: "a=1", by: trusting(authority))
        }
    }

    @Test("Versions that are spoken", arguments: ["TLSv1_2", "TLSv1_3"])
    func newVersions(_ version: String) throws {
        let server = try TLSServer(authority, certificate: "here", version: version)
        #expect(try send(.get, "https://localhost:\(server.port)/", by: trusting(authority)).status == 200)
    }

    @Test func noTLSAtAll() {
        let server = PlainServer(.answer())
        #expect(throws: TransportError.notSent(.tls)) {
            try send(.post, "https://127.0.0.1:\(server.port)/", body: "a=1")
        }
    }

    @Test func aHandshakeThatNeverEnds() {
        let server = LoopbackPeer.listening()
        #expect(throws: TransportError.notSent(.timeout)) {
            try send(
                .post, "https://127.0.0.1:\(server.port)/", body: "a=1", by: .quick(totalMilliseconds: 200))
        }
    }

    @Test func hungUpAfterTheRequest() throws {
        let server = try TLSServer(authority, certificate: "here", answer: nil)
        #expect(throws: TransportError.outcomeUnknown(.cutOff)) {
            try send(.post, "https://localhost:\(server.port)/", body: "a=1", by: trusting(authority))
        }
    }

    @Test func anAuthorityFileThatCannotBeRead() throws {
        let server = try TLSServer(authority, certificate: "here")
        let client = HTTPClient.quick(trust: TrustAnchors(file: authority.folder.path + "/none.pem"))
        #expect(throws: TransportError.notSent(.trustAnchors)) {
            try send(.post, "https://localhost:\(server.port)/", body: "a=1", by: client)
        }
    }
}
