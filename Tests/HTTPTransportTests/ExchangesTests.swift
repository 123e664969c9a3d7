import Foundation
import HTTPTransport
import OAuthCore
import Secrets
import Synchronization
import Testing

@Suite("Several requests in flight", .timeLimit(.minutes(1)))
struct ExchangesTests {
    /// How each request ended, by its tag.
    private func finish(_ exchanges: HTTPExchanges) -> [Int: String] {
        var ends: [Int: String] = [:]
        while exchanges.inFlight > 0 {
            guard let (tag, end) = next(exchanges) else { return ends }
            ends[tag] = end
        }
        return ends
    }

    /// How the next one ended.
    private func next(_ exchanges: HTTPExchanges) -> (tag: Int, end: String)? {
        guard let finished = exchanges.next(milliseconds: 10_000) else { return nil }
        let tag = finished.tag
        switch finished.result {
        case .answer(let answer): return (tag, "\(answer.status) \(answer.body.text)")
        case .failed(let error): return (tag, "\(error)")
        }
    }

    private func add(_ tag: Int, _ url: String, _ exchanges: HTTPExchanges) throws {
        let type = HTTPHeader("Content-Type", "application/x-www-form-urlencoded")
        let body = try SecretBytes(text: "refresh_token=\(tag)&")
        try exchanges.add(HTTPRequest(method: .post, url: url, headers: [type], body: body), tag: tag)
    }

    private func exchanges(_ connections: Int, totalMilliseconds: Int = 5_000) -> HTTPExchanges {
        var limits = HTTPLimits.standard
        limits.totalMilliseconds = totalMilliseconds
        return HTTPExchanges(userAgent: "advault/test", limits: limits, connections: connections)
    }

    @Test func theBytesAreThoseOfARequestAlone() throws {
        let server = PlainServer(.answer(body: "ok"))
        let exchanges = exchanges(2)
        try add(7, server.url + "/token", exchanges)
        #expect(finish(exchanges) == [7: "200 ok"])
        #expect(
            server.requests == [
                "POST /token HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nUser-Agent: advault/test\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 16\r\n\r\n"
                    + "refresh_token=7&"
            ])
    }

    @Test func sixteenAreInFlightAndTheirConnectionsAreKept() throws {
        let arrived = Gate(16)
        let server = PlainServer { _, request in
            // Nobody is answered before sixteen have come.
            arrived.pass()
            return .answerAndKeep(.answer(body: String(request.suffix(3))))
        }
        let exchanges = exchanges(16)
        for tag in 10..<26 { try add(tag, server.url, exchanges) }
        var ends = finish(exchanges)
        for tag in 26..<90 {
            try add(tag, server.url, exchanges)
            if exchanges.inFlight == 16 { ends.merge(finish(exchanges)) { $1 } }
        }
        ends.merge(finish(exchanges)) { $1 }
        #expect(ends == Dictionary(uniqueKeysWithValues: (10..<90).map { ($0, "200 \($0)&") }))
        #expect(server.connections == 16)
        #expect(Set(server.requests).count == 80 && server.requests.count == 80)
    }

    /// Guards: libcurl repeats a request by itself when a kept-alive connection turns out to be dead.
    @Test func aPostIsReceivedOnceThoughItsKeptConnectionDies() throws {
        let server = PlainServer { number, _ in number == 0 ? .answerAndKeep(.answer()) : .hangUp }
        let exchanges = exchanges(1)
        try add(0, server.url, exchanges)
        #expect(finish(exchanges) == [0: "200 {}"])
        try add(1, server.url, exchanges)
        #expect(finish(exchanges) == [1: "\(TransportError.outcomeUnknown(.cutOff))"])
        #expect(server.requests.filter { $0.hasSuffix("refresh_token=1&") }.count == 1)
        #expect(server.requests.count == 2)
    }

    /// A server that closes each connection the moment it has answered, without a word: whatever libcurl finds of
    /// it, no body is received twice, and what is called unsent was not received.
    @Test func norWhenTheServerClosesBetweenTwo() throws {
        let server = PlainServer(.answer())
        let exchanges = exchanges(4)
        var ends: [Int: String] = [:]
        for tag in 100..<300 {
            try add(tag, server.url, exchanges)
            if exchanges.inFlight == 4 { ends.merge(finish(exchanges)) { $1 } }
        }
        ends.merge(finish(exchanges)) { $1 }
        for (tag, end) in ends {
            let received = server.requests.filter { $0.hasSuffix("refresh_token=\(tag)&") }.count
            #expect(received <= 1)
            if end.hasPrefix("200") { #expect(received == 1) }
            if end.hasPrefix("notSent") { #expect(received == 0) }
        }
        #expect(ends.count == 200)
    }

    @Test func oneThatGetsNoAnswerHoldsUpNoOther() throws {
        let server = PlainServer { _, request in
            request.hasSuffix("=1&") ? .silence : .answerAndKeep(.answer(body: "ok"))
        }
        let exchanges = exchanges(2, totalMilliseconds: 300)
        for tag in 1...2 { try add(tag, server.url, exchanges) }
        #expect(finish(exchanges) == [1: "\(TransportError.outcomeUnknown(.timeout))", 2: "200 ok"])
    }

    /// Guards: at the moment at which a connection that was idle for long is used its server may be closing it, and then
    /// nobody knows whether the request was seen.
    @Test func aConnectionThatWasIdleForLongIsNotUsedAgain() throws {
        let server = PlainServer { _, request in
            request.hasSuffix("=0&") ? .silence : .answerAndKeep(.answer(body: "ok"))
        }
        let exchanges = exchanges(2, totalMilliseconds: 30_000)
        try add(0, server.url, exchanges)
        for tag in 1...2 {
            try add(tag, server.url, exchanges)
            #expect(next(exchanges)?.end == "200 ok")
        }
        #expect(server.connections == 2)
        // The age is the time itself, by libcurl's clock: nothing but to wait makes it pass. As in a batch, one that
        // gets no answer is waited for meanwhile.
        let early = exchanges.next(milliseconds: 3_500) == nil
        #expect(early)
        try add(3, server.url, exchanges)
        #expect(next(exchanges)?.end == "200 ok")
        #expect(server.connections == 3)
        #expect(server.requests.count == 4)
    }

    /// A caller that stores something for longer than the limit finds the answers that came meanwhile, whether it puts
    /// another request under way first or not.
    @Test(arguments: [false, true]) func anAnswerThatCameIsNotGivenUp(addsAnother: Bool) throws {
        let gate = Gate(2)
        let server = PlainServer { _, request in
            if request.hasSuffix("=1&") { gate.pass() }
            return .answerAndKeep(.answer(body: "ok"))
        }
        let exchanges = exchanges(2, totalMilliseconds: 1_000)
        try add(1, server.url, exchanges)
        while server.requests.isEmpty {
            let early = exchanges.next(milliseconds: 10) == nil
            #expect(early)
        }
        if addsAnother { try add(2, server.url, exchanges) }
        gate.pass()
        outlast(1_100)
        #expect(finish(exchanges) == (addsAnother ? [1: "200 ok", 2: "200 ok"] : [1: "200 ok"]))
    }

    /// Its caller was busy since: it has all of its time all the same.
    @Test func theTimeOfARequestBeginsWhenItIsLookedAt() throws {
        let gate = Gate(2)
        let server = PlainServer { _, _ in
            gate.pass()
            return .answerAndKeep(.answer(body: "ok"))
        }
        let exchanges = exchanges(1, totalMilliseconds: 1_000)
        try add(1, server.url, exchanges)
        outlast(1_100)
        let early = exchanges.next(milliseconds: 20) == nil
        #expect(early)
        gate.pass()
        #expect(finish(exchanges) == [1: "200 ok"])
    }

    private func outlast(_ milliseconds: Int) {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while .now < end { sched_yield() }
    }

    @Test func whatReachedNobodyIsUnsent() throws {
        let exchanges = exchanges(2)
        try add(1, "http://127.0.0.1:\(LoopbackPeer.freePort())", exchanges)
        try add(2, "https://nowhere.invalid/", exchanges)
        #expect(
            finish(exchanges) == [
                1: "\(TransportError.notSent(.connect))", 2: "\(TransportError.notSent(.resolve))",
            ])
        #expect(throws: TransportError.notSent(.forbiddenURL)) {
            try add(3, "http://192.0.2.1/", exchanges)
        }
        #expect(exchanges.inFlight == 0)
    }

    @Test func nothingIsToldTooEarly() throws {
        let gate = Gate(2)
        let server = PlainServer { _, _ in
            gate.pass()
            return .answer(.answer(body: "late"))
        }
        let exchanges = exchanges(1)
        try add(1, server.url, exchanges)
        let early = exchanges.next(milliseconds: 20) == nil
        #expect(early)
        gate.pass()
        #expect(finish(exchanges) == [1: "200 late"])
    }
}

/// Lets nobody pass before so many have come.
final class Gate: Sendable {
    private let condition = NSCondition()
    private let missing: Mutex<Int>

    init(_ count: Int) { missing = Mutex(count) }

    func pass() {
        condition.lock()
        defer { condition.unlock() }
        missing.withLock { $0 -= 1 }
        condition.broadcast()
        while missing.withLock({ $0 }) > 0 { condition.wait() }
    }
}
