/// A secret while it is being put together: a request body, a typed passphrase. Becomes `SecretBytes`.
///
/// Grows by moving to a larger block of the secure heap; the smaller one is wiped as it is given back.
@safe
package struct SecretBuffer: ~Copyable, @unchecked Sendable {
    // @unchecked: one owner; every change goes through `mutating`, which exclusivity serialises.
    private var block: UnsafeMutableRawPointer
    private var capacity: Int
    private let limit: Int
    /// Bytes written so far.
    package private(set) var count = 0

    /// A buffer that refuses to grow over `limit` bytes.
    package init(limit: Int, reserving bytes: Int = 64) throws(SecretsError) {
        capacity = max(1, min(bytes, limit))
        self.limit = limit
        unsafe block = try unsafe SecureHeap.allocate(capacity)
    }

    package mutating func append(_ byte: UInt8) throws(SecretsError) {
        if count == capacity || count == limit { try reserve(1) }
        unsafe block.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    package mutating func append(_ span: RawSpan) throws(SecretsError) {
        try reserve(span.byteCount)
        let end = unsafe block + count
        unsafe span.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe end.copyMemory(from: base, byteCount: source.count) }
        }
        count += span.byteCount
    }

    package mutating func append(_ secret: borrowing SecretBytes) throws(SecretsError) {
        // No closure: a borrowed parameter and `self` would both be captured.
        let size = secret.count
        try reserve(size)
        let end = unsafe block + count
        secret.withBytes { span in
            unsafe span.withUnsafeBytes { source in
                if let base = source.baseAddress { unsafe end.copyMemory(from: base, byteCount: size) }
            }
        }
        count += size
    }

    /// Lends room at the end to `fill`, which returns how many bytes it wrote there: for what is read from the
    /// system. The room is `bytes`, less where the limit is near, nothing at the limit.
    ///
    /// - Returns: what `fill` returned; a negative number means that it wrote nothing.
    package mutating func append(
        upTo bytes: Int, filling fill: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(SecretsError) -> Int {
        let room = min(bytes, limit - count)
        try reserve(room)
        let written = unsafe fill(UnsafeMutableRawBufferPointer(start: block + count, count: room))
        precondition(written <= room, "a system call wrote more than it was given")
        count += max(0, written)
        return written
    }

    /// Appends text that is not secret: a field name, a header's beginning.
    package mutating func append(clear text: String) throws(SecretsError) {
        for byte in text.utf8 { try append(byte) }
    }

    package mutating func append(zeros bytes: Int) throws(SecretsError) {
        try reserve(bytes)
        unsafe (block + count).initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        count += bytes
    }

    /// Forgets the last byte, as a backspace does.
    package mutating func removeLast() {
        guard count > 0 else { return }
        count -= 1
        unsafe block.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
    }

    package mutating func removeAll() {
        while count > 0 { removeLast() }
    }

    package borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (RawSpan) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(RawSpan(_unsafeStart: block, byteCount: count))
    }

    /// Freezes what was written.
    package consuming func finish() -> SecretBytes {
        let frozen = unsafe SecretBytes(taking: block, capacity: capacity, count: count)
        discard self
        return frozen
    }

    private mutating func reserve(_ bytes: Int) throws(SecretsError) {
        guard bytes <= limit - count else { throw .overLimit(bytes: limit) }
        guard count + bytes > capacity else { return }
        let larger = min(limit, max(capacity * 2, count + bytes))
        let moved = try unsafe SecureHeap.allocate(larger)
        unsafe moved.copyMemory(from: block, byteCount: count)
        unsafe SecureHeap.free(block, capacity)
        unsafe block = unsafe moved
        capacity = larger
    }

    deinit { unsafe SecureHeap.free(block, capacity) }
}
