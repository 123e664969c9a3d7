internal import CredentialVault
internal import OAuthCore
internal import Operations

extension Keys.SlotReport {
    /// Bytes that one guess takes: 128 · r · N, with r = 8.
    private var memory: Int64? { logN.map { 1024 << $0 } }

    /// `scrypt 17, 128 MiB`; a machine key is random and not stretched.
    var kdfWords: String {
        guard let logN, let memory else { return "none" }
        return "scrypt \(logN), \(memory >> 20) MiB"
    }

    var json: JSONValue {
        .object([
            .init("label", .string(label)), .init("kind", .string(kind.rawValue)),
            .init("created_at", .time(createdAt)), .init("public_key", .string(publicKey)),
            .init("kdf", kdf),
        ])
    }

    private var kdf: JSONValue {
        guard let logN, let memory else { return .null }
        return .object([
            .init("name", .string("scrypt")), .init("log_n", .integer(logN)),
            .init("memory_bytes", .integer(memory)),
        ])
    }
}

extension [Keys.SlotReport] {
    /// Whether one passphrase may still be tried on all of them.
    var needNaming: Bool { compactMap(\.logN).reduce(0) { $0 + (Int64(1) << $1) } > Limits.sumOfN }
}
