internal import Secrets

/// Public halves of the machine keys whose secret halves stand in keys/vectors: everybody has them, so no command
/// takes one.
package enum PublishedTestKeys {
    /// 32 bytes each, as `advault1…`. A test compares the list with the files of keys/vectors.
    package static let texts: [String] = []

    package static func contains(_ publicKey: [UInt8]) -> Bool {
        texts.contains(MachineKey.publicText(of: publicKey))
    }
}
