internal import Secrets

/// A machine key's public half, as an argument.
enum PublicKey {
    /// - Parameter option: what it was given with.
    static func parse(_ text: String, option: String) throws(CommandError) -> [UInt8] {
        let key: [UInt8]
        do { key = try MachineKey.publicKey(parsing: text) } catch {
            guard case .machineKeyText(let fault) = error else { throw .secrets(error) }
            throw .argument(.publicKey(fault))
        }
        guard !PublishedTestKeys.contains(key) else { throw .publishedTestKey(source: option) }
        return key
    }
}
