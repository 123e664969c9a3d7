/// LabeledExtract and LabeledExpand of RFC 9180 section 4, under one suite_id.
struct HPKELabels {
    private let suiteID: [UInt8]

    private static let version = Array("HPKE-v1".utf8)
    /// DHKEM(X25519, HKDF-SHA256) is 0x0020 (section 7.1); HKDF-SHA256 is 0x0001 (section 7.2).
    private static let kemID: [UInt8] = [0x00, 0x20]
    private static let kdfID: [UInt8] = [0x00, 0x01]

    /// Inside the KEM.
    static let kem = HPKELabels(suiteID: Array("KEM".utf8) + kemID)

    /// In the key schedule.
    static func suite(_ aead: HPKE.AEAD) -> HPKELabels {
        HPKELabels(suiteID: Array("HPKE".utf8) + kemID + kdfID + [0x00, aead.rawValue])
    }

    /// 32 bytes. Salt and input may be secrets.
    func extract(salt: RawSpan, _ label: String, _ input: RawSpan) throws(SecretsError) -> SecretBytes {
        let labelled = Self.version + suiteID + Array(label.utf8)
        let size = labelled.count + input.byteCount
        var buffer = try SecretBuffer(limit: size, reserving: size)
        try unsafe buffer.append(labelled.span.bytes)
        try buffer.append(input)
        return try buffer.withBytes { (input) throws(SecretsError) in
            try HKDF.extractSHA256(salt: salt, input: input)
        }
    }

    func expand(
        _ prk: borrowing SecretBytes, _ label: String, _ info: [UInt8], count: Int
    ) throws(SecretsError) -> SecretBytes {
        let size = [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
        return try HKDF.expandSHA256(
            key: prk, info: size + Self.version + suiteID + Array(label.utf8) + info, count: count)
    }
}
