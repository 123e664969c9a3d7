internal import Secrets

/// What would be random in a vault and is the same at every run here. None of it is secret: whoever has this
/// program has it, and that is why arrays hold it.
enum Seed {
    /// At most 32 bytes that follow from what they are for.
    static func bytes(_ purpose: String, count: Int = 32) throws -> [UInt8] {
        Array(try SHA256.hash(Array("advault-vectors/1/\(purpose)".utf8)).prefix(count))
    }

    /// At most 32 bytes that follow from what they are for and from all that is sealed with them, so that no salt
    /// and no ephemeral key ever serves two messages.
    static func bytes(_ purpose: String, sealing fields: Cell..., count: Int = 32) throws -> [UInt8] {
        var context = Context("vectors/" + purpose)
        for field in fields { context.append(field) }
        return Array(try SHA256.hash(context.bytes).prefix(count))
    }
}

/// The form in which the primitives take keys.
func secret(_ bytes: [UInt8]) throws -> SecretBytes { try unsafe SecretBytes(copying: bytes.span.bytes) }

/// Out again: for keys of this kit only.
func clear(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { span in unsafe span.withUnsafeBytes { unsafe Array($0) } }
}
