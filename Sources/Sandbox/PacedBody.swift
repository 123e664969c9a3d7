import FlyingSocks
import Foundation

/// A body that can be cut off or left hanging, and that tells when its last byte has left.
///
/// The server asks for the next chunk only when the one before is written, so the end of the sequence is the
/// moment at which the whole answer is with the kernel.
struct PacedBody: AsyncBufferedSequence {
    typealias Element = UInt8

    let bytes: Data
    let cutAfter: Int?
    let stallAfter: Int?
    let finished: @Sendable () async -> Void

    struct CutOff: Error {}

    struct Iterator: AsyncBufferedIteratorProtocol {
        typealias Buffer = Data
        var body: PacedBody
        var sent = 0

        /// The server reads by chunks alone; this is here because the protocol wants it.
        mutating func next() async throws -> UInt8? {
            try await nextBuffer(suggested: 1)?.first
        }

        mutating func nextBuffer(suggested count: Int) async throws -> Data? {
            let limit = Swift.min(body.cutAfter ?? .max, body.stallAfter ?? .max, body.bytes.count)
            if sent < limit {
                let chunk = body.bytes.dropFirst(sent).prefix(Swift.min(count, limit - sent))
                sent += chunk.count
                return Data(chunk)
            }
            if let cut = body.cutAfter, sent >= cut { throw CutOff() }
            if body.stallAfter != nil { try await Forever.wait() }
            await body.finished()
            return nil
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }
}

/// Nothing happens until the server stops.
enum Forever {
    /// - Throws: `CancellationError`, the one way out.
    static func wait() async throws {
        while true { try await Task.sleep(for: .seconds(3_600)) }
    }
}
