/// Bech32 (BIP 173), as machine keys are written.
///
/// Texts may be secret: nothing of one becomes a String, and no memory is read at a place that depends on one.
package enum Bech32 {
    /// BIP 173's limit, in characters.
    package static let longest = 90
    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    /// A text whose form and checksum are right.
    package struct Decoded: ~Copyable {
        /// In lower case. On the secure heap: a passphrase given in place of a key comes through here too.
        package let prefix: SecretBytes
        /// What stood between separator and checksum, five bits to a byte.
        package let groups: SecretBytes
        package let isUppercase: Bool
    }

    /// Writes the prefix (given in lower case), the separator, `data` and the checksum, all in one case.
    package static func encode(
        prefix: String, _ data: RawSpan, uppercase: Bool
    ) throws(SecretsError) -> SecretBytes {
        var text = try SecretBuffer(limit: longest, reserving: longest)
        try text.append(clear: uppercase ? prefix.uppercased() : prefix)
        try text.append(UInt8(ascii: "1"))
        let groups = try regroup(data, from: 8, to: 5)
        let clear = Array(prefix.utf8)
        var sum = unsafe Bech32Checksum(prefix: clear.span.bytes)
        for index in 0..<groups.count {
            let group = groups.withBytes { $0[byte: index] }
            sum.add(group)
            try text.append(letter(of: group, uppercase: uppercase))
        }
        for group in sum.groups { try text.append(letter(of: group, uppercase: uppercase)) }
        return text.finish()
    }

    /// Reads a text, in either case but not in both.
    /// - Throws: `.machineKeyText` with `.notBech32`; when the form is right, `.mixedCase`; then `.checksum`.
    package static func decode(_ text: RawSpan) throws(SecretsError) -> Decoded {
        let form = try Form(of: text)
        var lowercase = try SecretBuffer(limit: longest, reserving: longest)
        for index in 0..<form.separator { try lowercase.append(lowered(text[byte: index])) }
        let prefix = lowercase.finish()
        var sum = prefix.withBytes { Bech32Checksum(prefix: $0) }
        var groups = try SecretBuffer(limit: longest, reserving: longest)
        for index in form.separator + 1..<text.byteCount {
            guard let group = group(of: lowered(text[byte: index])) else {
                throw .machineKeyText(.notBech32)
            }
            sum.add(group)
            try groups.append(group)
        }
        guard !(form.hasLower && form.hasUpper) else { throw .machineKeyText(.mixedCase) }
        guard sum.isRight else { throw .machineKeyText(.checksum) }
        for _ in 0..<Bech32Checksum.size { groups.removeLast() }
        return Decoded(prefix: prefix, groups: groups.finish(), isUppercase: form.hasUpper)
    }

    /// The bytes that were encoded; nil when the padding is not what encoding gives: one text to one value.
    package static func bytes(of decoded: borrowing Decoded) throws(SecretsError) -> SecretBytes? {
        let bytes = try decoded.groups.withBytes { (groups) throws(SecretsError) in
            try regroup(groups, from: 5, to: 8)
        }
        // What is left over was dropped; writing it again must give the same groups.
        let again = try bytes.withBytes { (bytes) throws(SecretsError) in
            try regroup(bytes, from: 8, to: 5)
        }
        guard again.equals(decoded.groups) else { return nil }
        return bytes
    }

    /// Where the parts of a text stand.
    private struct Form {
        var separator = 0
        var hasLower = false
        var hasUpper = false

        /// Printable ASCII, at most 90, a prefix before the last `1` and room for a checksum after it.
        init(of text: RawSpan) throws(SecretsError) {
            guard text.byteCount <= longest else { throw .machineKeyText(.notBech32) }
            for index in 0..<text.byteCount {
                switch text[byte: index] {
                case UInt8(ascii: "a")...UInt8(ascii: "z"): hasLower = true
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): hasUpper = true
                case UInt8(ascii: "1"): separator = index
                case 0x21...0x7E: break
                default: throw .machineKeyText(.notBech32)
                }
            }
            guard separator > 0, text.byteCount - separator - 1 >= Bech32Checksum.size else {
                throw .machineKeyText(.notBech32)
            }
        }
    }

    /// Cuts the same bits into pieces of another size, the first bit first. Towards five the last piece is
    /// filled with zeros; towards eight a piece that is not full is dropped.
    private static func regroup(
        _ pieces: RawSpan, from width: Int, to newWidth: Int
    ) throws(SecretsError) -> SecretBytes {
        let bits = pieces.byteCount * width
        let count = newWidth < width ? (bits + newWidth - 1) / newWidth : bits / newWidth
        var out = try SecretBuffer(limit: count, reserving: count)
        var pending: UInt32 = 0
        var pendingBits = 0
        for index in 0..<pieces.byteCount {
            // At most 7 bits are pending, so that 15 are held at most.
            pending = (pending << UInt32(width) | UInt32(pieces[byte: index])) & 0x7fff
            pendingBits += width
            while pendingBits >= newWidth {
                pendingBits -= newWidth
                try out.append(UInt8(pending >> UInt32(pendingBits) & (1 << UInt32(newWidth) - 1)))
            }
        }
        if out.count < count {
            try out.append(UInt8(pending << UInt32(newWidth - pendingBits) & (1 << UInt32(newWidth) - 1)))
        }
        return out.finish()
    }

    static func letter(of group: UInt8, uppercase: Bool) -> UInt8 {
        var letter: UInt8 = 0
        // The whole alphabet is read, whichever letter it is.
        for (value, candidate) in alphabet.enumerated() {
            letter |= candidate & mask(UInt8(value) == group)
        }
        return uppercase && letter >= UInt8(ascii: "a") ? letter - 32 : letter
    }

    private static func group(of letter: UInt8) -> UInt8? {
        var group: UInt8 = 0
        var found: UInt8 = 0
        for (value, candidate) in alphabet.enumerated() {
            group |= UInt8(value) & mask(candidate == letter)
            found |= mask(candidate == letter)
        }
        return found == 0 ? nil : group
    }

    private static func mask(_ condition: Bool) -> UInt8 { condition ? 0xFF : 0 }

    private static func lowered(_ letter: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) ? letter + 32 : letter
    }
}
