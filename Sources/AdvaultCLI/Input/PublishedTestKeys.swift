internal import Secrets

/// Public halves of the machine keys whose secret halves stand in keys/vectors: everybody has them, so no command
/// takes one.
package enum PublishedTestKeys {
    /// 32 bytes each, as `advault1…`. A test compares the list with the files of keys/vectors.
    package static let texts = [
        "advault1uhjfnvmzjypcg5q68yfcrgjd2ssyxht59mp3d2l7r50uljxv55xqspt8xa",
        "advault1cll2vpjf52vymmn2x2jlceh49day2gl380afgxxy22k3nv5jpq6qjd69rh",
    ]

    package static func contains(_ publicKey: [UInt8]) -> Bool {
        texts.contains(MachineKey.publicText(of: publicKey))
    }
}
