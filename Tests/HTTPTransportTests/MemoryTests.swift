import Foundation
import HTTPTransport
import OAuthCore
import Secrets
import Testing

@Suite("Memory", .timeLimit(.minutes(1)))
struct MemoryTests {
    /// Guards the wiping allocators under libcurl and libcrypto, over a connection that is kept alive. In a process
    /// of its own, where nothing has touched libcrypto before.
    ///
    /// SSL_OP_CLEANSE_PLAINTEXT cannot be seen missing here: libcurl lets libssl release its buffers, which the
    /// allocators wipe.
    @Test func nothingOfARequestOrItsAnswerStays() async {
        await #expect(processExitsWith: .success) {
            let state = TransportMemory.install()
            precondition(state.libcrypto && state.libcurl)
            let authority = try TestAuthority()
            try authority.issue("here", for: "DNS:localhost")
            let server = try TLSServer(authority, certificate: "here", answer: "echo")
            let client = HTTPClient.quick(trust: TrustAnchors(file: authority.certificate))
            let secret = try MemoryTests.randomText()
            let memory = secret.withBytes { OwnMemory(lookingFor: $0) }
            for method in [HTTPRequest.Method.post, .get] {
                try MemoryTests.exchange(method, secret, client, "https://localhost:\(server.port)/")
            }
            let exchanges = HTTPExchanges(
                trust: TrustAnchors(file: authority.certificate), userAgent: "advault/test", connections: 2)
            for tag in 0..<2 {
                try MemoryTests.exchange(tag, secret, exchanges, "https://localhost:\(server.port)/")
            }
            // The search finds what is there: the one that is still held.
            let held = try memory.count()
            precondition(held == 1, "\(held) copies")
            _ = consume secret
            let left = try memory.count()
            precondition(left == 0, "\(left) copies")
        }
    }

    /// 48 letters that exist on the secure heap alone.
    static func randomText() throws -> SecretBytes {
        let random = try Random.secret(48)
        var text = try SecretBuffer(limit: 48, reserving: 48)
        try random.withBytes { span in
            for at in span.byteOffsets {
                try text.append(0x61 + span.unsafeLoad(fromByteOffset: at, as: UInt8.self) % 26)
            }
        }
        return text.finish()
    }

    static func exchange(
        _ method: HTTPRequest.Method, _ secret: borrowing SecretBytes, _ client: HTTPClient, _ url: String
    ) throws {
        var authorization = try SecretBuffer(limit: 100, reserving: 100)
        try authorization.append(clear: "Bearer ")
        try authorization.append(secret)
        let body = method == .post ? try secret.copy() : nil
        let answer = try client.send(
            HTTPRequest(method: method, url: url, authorization: authorization.finish(), body: body))
        let isEcho = answer.body.equals(secret)
        precondition(answer.status == 200 && isEcho)
    }

    /// The same as one of several, its body given piece by piece; the connection is still there at the end.
    static func exchange(
        _ tag: Int, _ secret: borrowing SecretBytes, _ exchanges: HTTPExchanges, _ url: String
    ) throws {
        try exchanges.add(
            HTTPRequest(method: .post, url: url, body: try secret.copy()), tag: tag)
        guard let finished = exchanges.next(milliseconds: 10_000) else { fatalError("no answer") }
        switch finished.result {
        case .answer(let answer):
            let isEcho = answer.body.equals(secret)
            precondition(answer.status == 200 && isEcho)
        case .failed(let error): fatalError("\(error)")
        }
    }

    @Test func resizingKeepsTheBytesAndTheAlignment() throws {
        var block = try #require(WipingAllocator.allocate(10))
        for at in 0..<10 { block.storeBytes(of: UInt8(at), toByteOffset: at, as: UInt8.self) }
        for size in [100, 5, 70_000] {
            block = try #require(WipingAllocator.resize(block, size))
            #expect(UInt(bitPattern: block) % 16 == 0)
            let kept = (0..<5).map { block.load(fromByteOffset: $0, as: UInt8.self) }
            #expect(kept == [0, 1, 2, 3, 4])
        }
        WipingAllocator.release(block)
        WipingAllocator.release(nil)
    }

    @Test func impossibleSizesAreRefused() {
        #expect(WipingAllocator.allocate(Int.max) == nil)
        #expect(WipingAllocator.allocate(-1) == nil)
        #expect(WipingAllocator.allocateZeroed(Int.max, 2) == nil)
        #expect(WipingAllocator.allocateZeroed(1, -1) == nil)
    }
}
