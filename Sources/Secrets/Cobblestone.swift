/// Cobblestone-256 (c2sp.org/chunked-encryption): AES-256-GCM in chunks of 16 KiB, committing to key and
/// context. FORMAT "Notation", C256.
package enum Cobblestone {
    /// salt24 ‖ commitment32.
    package static let headSize = 56
    static let saltSize = 24
    static let keySize = 32
    static let chunkSize = 16 << 10
    static let sealedChunkSize = chunkSize + AESGCM.tagSize

    /// What sealing gives: neither half is secret.
    package struct Sealed: Equatable, Sendable {
        /// 56 bytes: salt24 ‖ commitment32.
        package let head: [UInt8]
        /// The chunks: the message's size and 16 bytes for each chunk, of which the last is always short.
        package let body: [UInt8]
    }

    /// Seals under a fresh salt.
    /// - Parameter key: 32 bytes.
    /// - Parameter context: what the message belongs to; opening demands the same. At most about 32,000 bytes.
    package static func seal(
        _ message: borrowing SecretBytes, key: borrowing SecretBytes, context: [UInt8]
    ) throws(SecretsError) -> Sealed {
        try seal(message, key: key, context: context, salt: Random.bytes(saltSize))
    }

    /// Seals under a salt that is given: for published vectors only. One salt under one key and context may
    /// seal one message; a second would repeat every nonce.
    package static func seal(
        _ message: borrowing SecretBytes, key: borrowing SecretBytes, context: [UInt8], salt: [UInt8]
    ) throws(SecretsError) -> Sealed {
        let schedule = try CobblestoneSchedule(key: key, context: context, salt: salt)
        let size = message.count
        // One more chunk than there are full ones: the last is short, and empty after a full one.
        let chunks = size / chunkSize + 1
        var body = [UInt8](repeating: 0, count: size + chunks * AESGCM.tagSize)
        var span = body.mutableSpan
        try message.withBytes { (message) throws(SecretsError) in
            try unsafe span.withUnsafeMutableBytes { (body) throws(SecretsError) in
                for index in 0..<chunks {
                    let start = index * chunkSize
                    let chunk = message.extracting(start..<min(start + chunkSize, size))
                    let place = index * sealedChunkSize
                    let end = place + chunk.byteCount + AESGCM.tagSize
                    try unsafe schedule.cipher.seal(
                        chunk, nonce: schedule.nonce(of: index),
                        to: UnsafeMutableRawBufferPointer(rebasing: body[place..<end]))
                }
            }
        }
        return Sealed(head: salt + schedule.commitment, body: body)
    }

    /// Opens what `seal` made, whole, onto the secure heap.
    /// - Throws: `.malformed` for sizes that sealing cannot give (before the key is touched);
    ///   `.commitmentMismatch` for another key, context or head; `.authenticationFailed` for a touched body.
    package static func open(
        head: [UInt8], body: [UInt8], key: borrowing SecretBytes, context: [UInt8]
    ) throws(SecretsError) -> SecretBytes {
        let chunks = try chunks(head: head, body: body)
        let schedule = try CobblestoneSchedule.opening(head, key: key, context: context)
        let size = body.count - chunks * AESGCM.tagSize
        return try unsafe SecretBytes(count: size) { (out) throws(SecretsError) in
            for index in 0..<chunks {
                let start = index * chunkSize
                let end = min(start + chunkSize, size)
                try unsafe open(
                    index, of: body, schedule,
                    to: UnsafeMutableRawBufferPointer(rebasing: out[start..<end]))
            }
        }
    }

    /// Opens a message of any size, lending one decrypted chunk of at most 16 KiB at a time, in order.
    ///
    /// Only when it returns is the message whole: what was lent before it throws may be cut off.
    package static func open(
        head: [UInt8], body: [UInt8], key: borrowing SecretBytes, context: [UInt8],
        lendingChunks lend: (RawSpan) throws(SecretsError) -> Void
    ) throws(SecretsError) {
        let chunks = try chunks(head: head, body: body)
        let schedule = try CobblestoneSchedule.opening(head, key: key, context: context)
        let size = body.count - chunks * AESGCM.tagSize
        for index in 0..<chunks {
            let chunk = try unsafe SecretBytes(count: min(chunkSize, size - index * chunkSize)) {
                (out) throws(SecretsError) in
                try unsafe open(index, of: body, schedule, to: out)
            }
            try chunk.withBytes { (span) throws(SecretsError) in try lend(span) }
        }
    }

    /// How many chunks there are, when head and body have sizes that sealing can give.
    private static func chunks(head: [UInt8], body: [UInt8]) throws(SecretsError) -> Int {
        // The last chunk holds a tag at least, and is never full.
        let last = body.count % sealedChunkSize
        guard head.count == headSize, last >= AESGCM.tagSize else { throw .malformed(.cobblestone) }
        return body.count / sealedChunkSize + 1
    }

    private static func open(
        _ index: Int, of body: [UInt8], _ schedule: borrowing CobblestoneSchedule,
        to out: UnsafeMutableRawBufferPointer
    ) throws(SecretsError) {
        let start = index * sealedChunkSize
        let sealed = unsafe body.span.bytes.extracting(start..<start + out.count + AESGCM.tagSize)
        do throws(SecretsError) {
            try unsafe schedule.cipher.open(sealed, nonce: schedule.nonce(of: index), to: out)
        } catch {
            // Sizes are right by now, so that all that can be refused is the tag.
            throw error == .authenticationFailed(.aesGCM) ? .authenticationFailed(.cobblestone) : error
        }
    }
}
