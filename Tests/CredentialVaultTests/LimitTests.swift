@testable import CredentialVault
import Secrets
import Testing

@Suite("Costs that an attacker chose")
struct LimitTests {
    private func plant(_ fixture: VaultFixture, _ slots: Int, logN: Int) throws {
        try fixture.tamper(fixingContent: true) { database in
            for number in 0..<slots {
                try database.execute(
                    """
                    INSERT INTO slot SELECT CAST(zeroblob(14) || '0\(number)' AS BLOB), 'passphrase', 'p\(number)', 1,
                    CAST(zeroblob(30) || '0\(number)' AS BLOB), 'scrypt', \(logN), 8, 1, salt, sealed_identity,
                    wrapped_root FROM slot WHERE kind = 'passphrase' AND label = 'owner'
                    """)
            }
        }
    }

    @Test("more than 2^20 over the slots to try is refused before the first scrypt, and --slot gets by")
    func sum() throws {
        let fixture = try VaultFixture.copy()
        try plant(fixture, 1, logN: 20)
        let expected = VaultError.tooCostly(slots: 2, sumOfN: (1 << 20) + (1 << 15))
        #expect(throws: expected) { try fixture.unlockWithPassphrase { (_) throws(VaultError) in } }
        // The named slot alone is tried; it opens, and then the planted one is tampering.
        #expect(throws: VaultError.tampered(.manifest)) {
            try fixture.unlockWithPassphrase(VaultFixture.passphrase, UnlockOptions(slot: "owner")) {
                (_) throws(VaultError) in
            }
        }
        #expect(throws: VaultError.noSlot(label: "nobody")) {
            try fixture.unlockWithPassphrase(VaultFixture.passphrase, UnlockOptions(slot: "nobody")) {
                (_) throws(VaultError) in
            }
        }
    }

    @Test("nine passphrase slots are refused")
    func passphraseSlots() throws {
        let fixture = try VaultFixture.copy()
        try plant(fixture, 8, logN: 15)
        #expect(throws: VaultError.damaged(.limits)) { _ = try Vault.readLocked(at: fixture.path) }
    }

    @Test("a passphrase of 0 or 1,025 bytes is refused as such", arguments: [0, 1_025])
    func passphraseLength(count: Int) throws {
        let fixture = try VaultFixture.copy()
        #expect(throws: VaultError.passphraseLength(bytes: count)) {
            try fixture.unlockWithPassphrase(String(repeating: "p", count: count)) { (_) throws(VaultError) in
            }
        }
    }
}
