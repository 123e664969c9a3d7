internal import CredentialVault
internal import Glibc
internal import Secrets

extension VaultArguments {
    /// The machine key of `--key-file`, one line.
    func key() throws -> UnlockKey {
        let file = unsafe open(keyFile, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure.keyFile }
        defer { close(file) }
        var count = 0
        let line = try unsafe SecretBytes(count: 128) { (bytes) throws(SecretsError) in
            count = unsafe read(file, bytes.baseAddress, bytes.count)
        }
        guard count > 0 else { throw Failure.keyFile }
        let text = try line.withBytes { (span) throws(SecretsError) in
            let end =
                unsafe span.unsafeLoad(fromByteOffset: count - 1, as: UInt8.self) == 10 ? count - 1 : count
            return try SecretBytes(copying: span.extracting(0..<end))
        }
        return .machine(try MachineKey.identity(parsing: text))
    }

    enum Failure: Error { case keyFile, noConnections }
}
