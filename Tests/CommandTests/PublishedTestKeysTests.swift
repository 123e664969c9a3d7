import AdvaultCLI
import Foundation
import Secrets
import Testing

/// What keys/vectors says, held to what the command line does.
@Suite("The test kit and the command line")
struct PublishedTestKeysTests {
    private struct Index: Decodable {
        let machine_keys: [Pair]
        let vectors: [Vector]

        struct Pair: Decodable {
            let secret: String
            let `public`: String
        }

        struct Vector: Decodable {
            let answer: String
            let exit_code: Int32
            let machine_key: String?
        }
    }

    private static func index() throws -> Index {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "keys/vectors/index.json")
        return try JSONDecoder().decode(Index.self, from: Data(contentsOf: file))
    }

    @Test("every machine key of the kit is on the list of keys that no command takes, and nothing else is")
    func published() throws {
        let index = try Self.index()
        #expect(PublishedTestKeys.texts == index.machine_keys.map(\.public))
        for pair in index.machine_keys {
            let bytes = Array(pair.secret.utf8)
            let identity = try MachineKey.identity(parsing: SecretBytes(copying: bytes.span.bytes))
            let isRefused = PublishedTestKeys.contains(identity.publicKey)
            #expect(isRefused)
        }
        let known = Set(index.machine_keys.map(\.secret))
        #expect(Set(index.vectors.compactMap(\.machine_key)).isSubset(of: known))
    }

    @Test("each answer of the kit has its exit code")
    func exitCodes() throws {
        let codes: [String: AdvaultCLI.ExitStatus] = [
            "success": .done, "damaged": .damaged, "tampered": .damaged, "wrong-key": .wrongKey,
            "newer-format": .newerFormat, "too-costly": .usage,
        ]
        for vector in try Self.index().vectors {
            #expect(codes[vector.answer]?.rawValue == vector.exit_code)
        }
    }
}
