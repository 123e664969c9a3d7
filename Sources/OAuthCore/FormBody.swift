internal import Secrets

/// A form body under construction, on the secure heap.
struct FormBody: ~Copyable {
    /// A secret of 7,000 bytes may grow threefold; two of them and the rest fit.
    private static let limit = 64 << 10
    private var buffer: SecretBuffer

    init() throws(SecretsError) { buffer = try SecretBuffer(limit: Self.limit, reserving: 2048) }

    /// Begins with one secret field.
    static func beginning(
        _ name: String, _ value: borrowing SecretBytes
    ) throws(SecretsError) -> FormBody {
        var form = try FormBody()
        try form.add(name, value)
        return form
    }

    mutating func add(_ name: String, _ value: String) throws(SecretsError) {
        try begin(name)
        try buffer.append(clear: PercentEncoding.encode(value))
    }

    mutating func add(_ name: String, _ value: borrowing SecretBytes) throws(SecretsError) {
        try begin(name)
        var growing = try SecretBuffer(limit: Self.limit, reserving: value.count + value.count / 4)
        try value.withBytes { (span) throws(SecretsError) in try PercentEncoding.encode(span, into: &growing)
        }
        try buffer.append(growing.finish())
    }

    mutating func add(_ parameters: [ProviderProfile.Parameter]) throws(SecretsError) {
        for parameter in parameters { try add(parameter.name, parameter.value) }
    }

    consuming func finish() -> SecretBytes { buffer.finish() }

    private mutating func begin(_ name: String) throws(SecretsError) {
        if buffer.count > 0 { try buffer.append(clear: "&") }
        try buffer.append(clear: PercentEncoding.encode(name))
        try buffer.append(clear: "=")
    }
}
