import Foundation
import HTTPTransport
import Testing

@Suite("Those who would keep the browser out", .timeLimit(.minutes(2)))
struct HostileListenerTests {
    @Test func silentCallersDoNotBlockTheGenuineOne() throws {
        let listener = try RunningListener()
        // More than are waited for at one time.
        let silent = (0..<80).compactMap { _ in LoopbackPeer.connect(to: listener.port) }
        defer { for descriptor in silent { close(descriptor) } }
        for descriptor in silent { LoopbackPeer.write(Array("GET /".utf8), to: descriptor) }
        let clock = ContinuousClock()
        let start = clock.now
        #expect(try listener.complete())
        #expect(start.duration(to: clock.now) < .seconds(4))
    }

    /// Guards the five seconds: a caller who says nothing is sent away.
    @Test func aSilentCallerIsSentAway() throws {
        let listener = try RunningListener()
        let silent = try #require(LoopbackPeer.connect(to: listener.port))
        defer { close(silent) }
        let clock = ContinuousClock()
        let start = clock.now
        #expect(LoopbackPeer.read(silent) == nil)
        let patience = start.duration(to: clock.now)
        #expect(patience > .seconds(4) && patience < .seconds(15))
        #expect(try listener.complete())
    }

    @Test func aRequestThatComesInPieces() throws {
        let listener = try RunningListener()
        let request = listener.genuine(cookie: listener.cookie())
        let caller = try #require(LoopbackPeer.connect(to: listener.port))
        defer { close(caller) }
        for byte in request.utf8 { LoopbackPeer.write([byte], to: caller) }
        #expect(String(decoding: LoopbackPeer.readAll(caller), as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
        try listener.result()
    }

    /// Scoreboard S12 in its short form: ADVAULT_HOSTILE_REQUESTS sets the number of the whole one.
    @Test func hostileRequests() throws {
        let count = ProcessInfo.processInfo.environment["ADVAULT_HOSTILE_REQUESTS"].flatMap(Int.init) ?? 2_000
        let listener = try RunningListener(seconds: 100_000)
        let cookie = listener.cookie()
        let genuine = Array(listener.genuine(cookie: cookie).utf8)
        var random = SplitMix64(state: 1)
        for number in 0..<count {
            let request = Self.hostile(genuine, number, &random)
            guard let caller = LoopbackPeer.connect(to: listener.port) else { continue }
            LoopbackPeer.write(request, to: caller)
            // Every fourth leaves without reading, which the listener must survive as well.
            if number % 4 != 0 {
                shutdown(caller, Int32(SHUT_WR))
                let answer = String(decoding: LoopbackPeer.readAll(caller), as: UTF8.self)
                #expect(!answer.hasPrefix("HTTP/1.1 200"), "request \(number)")
            }
            close(caller)
        }
        #expect(listener.isWaiting)
        #expect(try listener.complete())
        #expect(listener.queries.last == "code=right&state=abc")
    }

    /// One byte of the genuine request's first line or names changed, a part of it, or noise.
    private static func hostile(_ genuine: [UInt8], _ number: Int, _ random: inout SplitMix64) -> [UInt8] {
        switch number % 3 {
        case 0:
            // Now and then over the limit of 8 KiB.
            let size = Int.random(in: 0..<(number % 60 == 0 ? 9_000 : 300), using: &random)
            return (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        case 1:
            return Array(genuine.prefix(Int.random(in: 0..<genuine.count, using: &random)))
        default:
            var request = genuine
            // The request line and Host: every byte there counts.
            let at = Int.random(in: 0..<60, using: &random)
            request[at] ^= UInt8.random(in: 1...255, using: &random)
            return request
        }
    }
}

/// A generator with a fixed seed, so that a failure can be repeated.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
