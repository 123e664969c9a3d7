/// Bytes that must not be seen: on the secure heap, wiped when they go, lent and never copied out.
///
/// It is noncopyable and has no description, so printing, interpolating or throwing one does not compile.
/// Contents are frozen at birth; `SecretBuffer` builds them.
@safe
package struct SecretBytes: ~Copyable, @unchecked Sendable {
    // @unchecked: the block is owned by this one value and never written after init, so lending it to two
    // threads at once reads constant memory.
    private let block: UnsafeMutableRawPointer
    private let capacity: Int
    /// Size in bytes.
    package let count: Int

    /// Takes over a block of the secure heap. Only this module can: it is how primitives hand out keys.
    init(taking block: UnsafeMutableRawPointer, capacity: Int, count: Int) {
        unsafe self.block = unsafe block
        self.capacity = capacity
        self.count = count
    }

    /// Copies bytes that are about to be wiped by their owner, or that were never secret.
    package init(copying span: RawSpan) throws(SecretsError) {
        let block = try unsafe SecureHeap.allocate(span.byteCount)
        unsafe span.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe block.copyMemory(from: base, byteCount: source.count) }
        }
        unsafe self.init(taking: block, capacity: span.byteCount, count: span.byteCount)
    }

    /// Makes `count` bytes and lets `fill` write them. What `fill` leaves is zero.
    package init<E: Error>(
        count: Int, filling fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void,
        orThrow: (SecretsError) -> E
    ) throws(E) {
        let block: UnsafeMutableRawPointer
        do { unsafe block = try unsafe SecureHeap.allocate(count) } catch { throw orThrow(error) }
        do {
            try unsafe fill(UnsafeMutableRawBufferPointer(start: block, count: count))
        } catch {
            unsafe SecureHeap.free(block, count)
            throw error
        }
        unsafe self.init(taking: block, capacity: count, count: count)
    }

    package init(
        count: Int, filling fill: (UnsafeMutableRawBufferPointer) throws(SecretsError) -> Void
    ) throws(SecretsError) {
        try unsafe self.init(count: count, filling: fill, orThrow: { $0 })
    }

    /// Lends the bytes for the length of the closure.
    package borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (RawSpan) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(RawSpan(_unsafeStart: block, byteCount: count))
    }

    /// Whether both hold the same bytes, in a time that depends on the sizes alone.
    package borrowing func equals(_ other: borrowing SecretBytes) -> Bool {
        withBytes { mine in other.withBytes { theirs in ConstantTime.equal(mine, theirs) } }
    }

    package borrowing func copy() throws(SecretsError) -> SecretBytes {
        try withBytes { (span) throws(SecretsError) in try SecretBytes(copying: span) }
    }

    deinit { unsafe SecureHeap.free(block, capacity) }
}
