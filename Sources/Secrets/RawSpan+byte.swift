extension RawSpan {
    /// One byte; an index outside traps.
    subscript(byte index: Int) -> UInt8 {
        precondition((0..<byteCount).contains(index))
        // Inside, as the line above has checked.
        return unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }

    /// A copy outside the secure heap: for bytes that are not secret.
    func clearBytes() -> [UInt8] {
        (0..<byteCount).map { self[byte: $0] }
    }
}
