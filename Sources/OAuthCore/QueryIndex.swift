internal import Secrets

/// Where the parameters of a raw query lie. Values stay where they are until one is asked for.
struct QueryIndex {
    private static let mostParameters = 64

    struct Parameter {
        let name: String
        let value: Range<Int>
    }

    let parameters: [Parameter]

    /// nil: over 64 parameters, or a name that cannot be decoded.
    init?(_ span: RawSpan) {
        var found: [Parameter] = []
        var start = 0
        while start < span.byteCount {
            let end = Self.first(0x26, in: start..<span.byteCount, span)
            let middle = Self.first(0x3D, in: start..<end, span)
            if end > start {
                guard found.count < Self.mostParameters, let name = Self.text(start..<middle, span) else {
                    return nil
                }
                found.append(Parameter(name: name, value: min(middle + 1, end)..<end))
            }
            start = end + 1
        }
        parameters = found
    }

    /// The value's place, if the name stands exactly once.
    func single(_ name: String) -> Range<Int>? {
        let found = parameters.filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    var hasRepeated: Bool { Set(parameters.map(\.name)).count != parameters.count }

    /// A decoded value as text, for what is not secret; nil for bad percent-encoding.
    static func text(_ range: Range<Int>, _ span: RawSpan) -> String? {
        var bytes: [UInt8] = []
        var at = range.lowerBound
        while at < range.upperBound {
            guard let (byte, size) = PercentEncoding.decode(span, at: at, end: range.upperBound) else {
                return nil
            }
            bytes.append(byte)
            at += size
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A decoded value on the secure heap; nil for bad percent-encoding.
    static func secret(_ range: Range<Int>, _ span: RawSpan) throws(SecretsError) -> SecretBytes? {
        var buffer = try SecretBuffer(limit: max(1, range.count), reserving: range.count)
        var at = range.lowerBound
        while at < range.upperBound {
            guard let (byte, size) = PercentEncoding.decode(span, at: at, end: range.upperBound) else {
                return nil
            }
            try buffer.append(byte)
            at += size
        }
        return buffer.finish()
    }

    private static func first(_ byte: UInt8, in range: Range<Int>, _ span: RawSpan) -> Int {
        range.first { span[byte: $0] == byte } ?? range.upperBound
    }
}
