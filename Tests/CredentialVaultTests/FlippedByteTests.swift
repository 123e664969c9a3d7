@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// S3: bytes of the file flipped, then `verify`. CI flips every 997th byte; ADVAULT_FLIP_STRIDE=1 flips them all.
@Suite("A flipped byte of the file")
struct FlippedByteTests {
    @Test("is refused, or nothing that is read depends on it")
    func flips() throws {
        let fixture = try VaultFixture(rows: 32)
        let original = try Self.reading(fixture)
        let bytes = fixture.bytes()[0]
        let stride = ProcessInfo.processInfo.environment["ADVAULT_FLIP_STRIDE"].flatMap(Int.init) ?? 997
        var (flipped, refused, unused) = (0, 0, 0)
        for offset in Swift.stride(from: 0, to: bytes.count, by: stride) {
            var copy = bytes
            copy[offset] ^= 0xff
            try fixture.put(copy)
            flipped += 1
            do {
                let found = try Self.reading(fixture)
                // A byte that SQLite keeps and nobody reads: free space, change counters, page hints.
                #expect(found == original, "byte \(offset) changed what was read and passed")
                unused += 1
            } catch { refused += 1 }
        }
        print("flips: \(flipped) of \(bytes.count) bytes, \(refused) refused, \(unused) unused")
        // Sealed bytes are two fifths of this file; the rest is free space in its pages.
        #expect(refused > flipped / 4)
    }

    /// All that a vault says: header, rows, secrets. Throws what `verify` throws.
    private static func reading(_ fixture: VaultFixture) throws -> [String] {
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.verify()
            var found = ["\(vault.header)", "\(vault.slots)", "\(vault.apps)", "\(vault.connections)"]
            for row in vault.connections {
                let secrets = try vault.secrets(of: row)
                found.append(VaultFixture.text(secrets.accessToken) ?? "-")
                found.append(VaultFixture.text(secrets.refreshToken) ?? "-")
                found.append(VaultFixture.text(secrets.account) ?? "-")
            }
            for row in vault.apps {
                let secrets = try vault.secrets(of: row)
                found.append(VaultFixture.text(secrets.clientSecret) ?? "-")
            }
            return found
        }
    }
}

extension VaultFixture {
    /// Puts other bytes in the file's place, without its companions.
    func put(_ bytes: Data) throws {
        for companion in ["-wal", "-shm"] { unlink(path + companion) }
        let file = open(path, O_WRONLY | O_TRUNC)
        defer { close(file) }
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw POSIXError(.EIO) }
    }
}
