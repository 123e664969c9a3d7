/// The bytes behind a machine key's text (BIP 173), so that the search looks for them too.
package enum MachineKeyText {
    /// nil where it is no Bech32; the checksum is not looked at, for nothing here trusts the key.
    package static func bytes(_ text: String) -> [UInt8]? {
        let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l")
        guard let separator = text.lastIndex(of: "1") else { return nil }
        let values = text[text.index(after: separator)...].lowercased().compactMap {
            alphabet.firstIndex(of: $0)
        }
        guard values.count > 6 else { return nil }
        var bytes: [UInt8] = []
        var (buffer, bits) = (0, 0)
        for value in values.dropLast(6) {
            buffer = (buffer << 5 | value) & 0xFFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        return bytes
    }
}
