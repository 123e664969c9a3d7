extension RawSpan {
    /// One byte. `unsafeLoad` checks the bounds; every bit pattern is a UInt8, so nothing unsafe is left.
    subscript(byte offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
