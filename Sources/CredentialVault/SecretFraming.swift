internal import Secrets

/// How secrets stand in a sealed row: u8 tag ‖ u32 length ‖ bytes, tags ascending, each at most once, then zeros
/// to the next multiple of the table's unit (FORMAT.md, File).
enum SecretFraming {
    enum Tag: UInt8 {
        case clientSecret = 1, accessToken, refreshToken, account

        var limit: Int { self == .account ? Limits.account : Limits.secret }
    }

    private static let limit = 16_383

    static func encode(_ secrets: borrowing AppSecrets) throws(VaultError) -> SecretBytes {
        do {
            var buffer = try SecretBuffer(limit: limit, reserving: AppRow.unit)
            try append(.clientSecret, secrets.clientSecret, to: &buffer)
            return try pad(buffer, AppRow.unit)
        } catch { throw fault(error) }
    }

    static func encode(_ secrets: borrowing ConnectionSecrets) throws(VaultError) -> SecretBytes {
        do {
            var buffer = try SecretBuffer(limit: limit, reserving: ConnectionRow.unit)
            try append(.accessToken, secrets.accessToken, to: &buffer)
            try append(.refreshToken, secrets.refreshToken, to: &buffer)
            try append(.account, secrets.account, to: &buffer)
            return try pad(buffer, ConnectionRow.unit)
        } catch { throw fault(error) }
    }

    /// nil: other tags, order, sizes or padding than the format's.
    static func decodeApp(_ framed: borrowing SecretBytes) throws(VaultError) -> AppSecrets? {
        var secrets = AppSecrets(clientSecret: nil)
        let whole = try decode(framed, unit: AppRow.unit) { (tag, secret) in
            guard tag == .clientSecret else { return false }
            secrets.clientSecret = consume secret
            return true
        }
        guard whole else { return nil }
        return secrets
    }

    /// nil: other tags, order, sizes or padding than the format's.
    static func decodeConnection(_ framed: borrowing SecretBytes) throws(VaultError) -> ConnectionSecrets? {
        var secrets = ConnectionSecrets()
        let whole = try decode(framed, unit: ConnectionRow.unit) { (tag, secret) in
            switch tag {
            case .accessToken: secrets.accessToken = consume secret
            case .refreshToken: secrets.refreshToken = consume secret
            case .account: secrets.account = consume secret
            case .clientSecret: return false
            }
            return true
        }
        guard whole else { return nil }
        return secrets
    }

    private static func append(
        _ tag: Tag, _ secret: borrowing SecretBytes?, to buffer: inout SecretBuffer
    ) throws(SecretsError) {
        switch secret {
        case .none: return
        case .some(let secret):
            guard (1...tag.limit).contains(secret.count) else { throw .overLimit(bytes: tag.limit) }
            try buffer.append(tag.rawValue)
            var size: [UInt8] = []
            withBigEndian(UInt32(secret.count), append: &size)
            for byte in size { try buffer.append(byte) }
            try buffer.append(secret)
        }
    }

    private static func pad(
        _ buffer: consuming SecretBuffer, _ unit: Int
    ) throws(SecretsError) -> SecretBytes {
        // One unit when there is no secret.
        let units = max(1, (buffer.count + unit - 1) / unit)
        try buffer.append(zeros: units * unit - buffer.count)
        return buffer.finish()
    }

    private static func fault(_ error: SecretsError) -> VaultError {
        if case .overLimit(let bytes) = error {
            return .limit(bytes == Limits.account ? .account : bytes == Limits.secret ? .secret : .padded)
        }
        return .secrets(error)
    }

    private static func decode(
        _ framed: borrowing SecretBytes, unit: Int, _ take: (Tag, consuming SecretBytes) -> Bool
    ) throws(VaultError) -> Bool {
        guard framed.count > 0, framed.count <= limit, framed.count.isMultiple(of: unit) else { return false }
        return try framed.withBytes { (span) throws(VaultError) in
            var (offset, former) = (0, UInt8(0))
            while offset < span.byteCount, byte(span, offset) != 0 {
                guard let tag = Tag(rawValue: byte(span, offset)), tag.rawValue > former,
                    offset + 5 <= span.byteCount
                else { return false }
                let size = (1...4).reduce(0) { $0 << 8 | Int(byte(span, offset + $1)) }
                let start = offset + 5
                guard (1...tag.limit).contains(size), size <= span.byteCount - start else { return false }
                let secret: SecretBytes
                do throws(SecretsError) {
                    secret = try SecretBytes(copying: span.extracting(start..<start + size))
                } catch { throw .secrets(error) }
                guard take(tag, secret) else { return false }
                (offset, former) = (start + size, tag.rawValue)
            }
            // Less than one unit of padding (a whole one only when there is no secret), all of it zero.
            guard offset == 0 ? span.byteCount == unit : span.byteCount - offset < unit else { return false }
            return (offset..<span.byteCount).allSatisfy { byte(span, $0) == 0 }
        }
    }

    private static func byte(_ span: RawSpan, _ offset: Int) -> UInt8 {
        // Every caller has checked the offset against byteCount, and unsafeLoad checks it again.
        unsafe span.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
