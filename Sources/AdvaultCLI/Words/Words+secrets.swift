internal import Secrets

extension Explanation {
    private static let altered =
        "keep the file, find out who wrote to it, and put back a copy: advault restore FILE"

    init(_ error: SecretsError) {
        switch error {
        case .outOfSecureMemory:
            self.init(
                "no-secure-memory", .other, "there is no locked memory left to hold a secret in",
                next: "raise the limit on locked memory (ulimit -l, LimitMEMLOCK=) or run fewer at once")
        case .overLimit(let bytes):
            self.init(
                "too-long", .other, "a secret is longer than \(bytes) bytes",
                next: "check what was given: this is no token, key or client secret")
        // With parameters of a valid vault it refuses nothing but the want of memory.
        case .libcrypto(.scrypt, _):
            self.init(
                "no-memory", .other, "there is not enough memory for what a passphrase costs to try",
                next: "free some (advault key list says how much each slot takes), or use a machine key")
        case .libcrypto(let primitive, let code):
            self.init(
                "libcrypto", .other,
                "libcrypto refused \(primitive.rawValue), error \(String(code, radix: 16))",
                next: "check the installed libssl3 package")
        case .random:
            self.init(
                "no-random", .other, "the system's random generator gave nothing",
                next:
                    "nothing was changed; a kernel that refuses getrandom(2) is often a sandbox's: check its rules"
            )
        case .malformed(let primitive):
            self.init(
                "malformed", .other, "a value for \(primitive.rawValue) is not of the size it must have",
                next: Self.altered)
        case .commitmentMismatch:
            self.init(
                "sealed-otherwise", .damaged, "a sealed value was sealed under another key",
                next: Self.altered)
        case .authenticationFailed(let primitive):
            self.init(
                "not-authentic", .damaged, "a value failed its check (\(primitive.rawValue))",
                next: Self.altered)
        case .machineKeyText(let fault):
            self.init(
                "not-a-machine-key", .wrongKey, "the machine key \(fault.words)",
                next: "make one with: advault key generate --out FILE")
        }
    }
}

extension SecretsError.MachineKeyFault {
    /// Continues "the key …".
    var words: String {
        switch self {
        case .notBech32: "does not look like a key that advault made"
        case .checksum: "has a wrong checksum: it was mistyped or damaged"
        case .prefix: "has another beginning than advault's keys"
        case .secretInsteadOfPublic: "is a secret key, and a public one (advault1…) is wanted"
        case .publicInsteadOfSecret: "is a public key, and the secret one (ADVAULT-SECRET-KEY-1…) is wanted"
        case .mixedCase: "mixes upper and lower case"
        case .lowOrder: "is a point of low order: what is sealed to it, everybody can open"
        case .length: "is not of the length of advault's keys"
        }
    }
}
