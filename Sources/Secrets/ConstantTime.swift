private import COpenSSL

/// Comparisons whose time says nothing about where two values differ.
package enum ConstantTime {
    package static func equal(_ a: RawSpan, _ b: RawSpan) -> Bool {
        guard a.byteCount == b.byteCount else { return false }
        return unsafe a.withUnsafeBytes { a in
            unsafe b.withUnsafeBytes { b in unsafe CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0 }
        }
    }

    package static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        unsafe equal(a.span.bytes, b.span.bytes)
    }
}
