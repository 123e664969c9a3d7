@testable import CredentialVault
import Testing

@Suite("How long another program that writes is waited for")
struct OtherWriterTests {
    @Test("ten seconds; half of one within the closure, and ten again after it, however it ends")
    func briefly() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            var seen = [try wait(vault)]
            try vault.waiting(atMost: OpenVault.briefWait) { (vault) throws(VaultError) in
                seen.append(try wait(vault))
            }
            seen.append(try wait(vault))
            try vault.waiting(atMost: nil) { (vault) throws(VaultError) in seen.append(try wait(vault)) }
            do throws(VaultError) {
                try vault.waiting(atMost: OpenVault.briefWait) { (_) throws(VaultError) in
                    throw .changedMeanwhile
                }
            } catch { seen.append(try wait(vault)) }
            for most in [0, 30_000] as [Int64] {
                try vault.waiting(atMost: most) { (vault) throws(VaultError) in seen.append(try wait(vault)) }
            }
            #expect(seen == [10_000, 500, 10_000, 10_000, 10_000, 1, 10_000])
        }
    }

    /// In milliseconds, as SQLite has it.
    private func wait(_ vault: borrowing OpenVault) throws(VaultError) -> Int64 {
        let statement = try vault.database.prepare("PRAGMA busy_timeout")
        guard try statement.step(), case .integer(let wait) = statement.value(at: 0) else { return -1 }
        return wait
    }
}
