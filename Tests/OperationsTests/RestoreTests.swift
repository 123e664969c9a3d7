import CredentialVault
import Foundation
import Operations
import Testing

@Suite("Restore")
struct RestoreTests {
    private func backedUp(_ refresh: String) throws -> (Desk, String) {
        let desk = try Desk()
        try desk.addApp(refresh: refresh)
        try desk.addConnection()
        try desk.addConnection("by-hand", refresh: nil)
        let copy = desk.folder.appending(path: "copy.db").path
        _ = try Backup.run(to: copy, in: desk.context)
        return (desk, copy)
    }

    @Test(
        "connections of a rotating provider are interrupted until tested, by one event; their tokens are kept"
    )
    func rotating() throws {
        let (desk, copy) = try backedUp("rotating")
        let before = try desk.locked()
        let report = try Restore.run(copy, in: desk.context) { (_) throws(OperationError) in true }
        #expect(report.plan.interrupted == ["acme"])
        #expect(try desk.row().state == .interrupted)
        #expect(try desk.row("by-hand").state == .ok)
        #expect(try desk.tokens().refresh == "refresh-0")
        let after = try desk.locked()
        #expect(after.events == before.events + 1)
        #expect(after.header.epoch == before.header.epoch + 1)
        #expect(try desk.row().version == 2)
    }

    @Test("connections of a stable provider stay as they are")
    func stable() throws {
        let (desk, copy) = try backedUp("stable")
        let report = try Restore.run(copy, in: desk.context) { (_) throws(OperationError) in true }
        #expect(report.plan.interrupted == [])
        #expect(try desk.row().state == .ok)
    }

    @Test("a provider that nobody knows any more is taken for a rotating one")
    func unknownProvider() throws {
        let (desk, copy) = try backedUp("stable")
        desk.files = []
        let report = try Restore.run(copy, in: desk.context) { (_) throws(OperationError) in true }
        #expect(report.plan.interrupted == ["acme"])
    }

    @Test("the epoch goes past the vault's that was replaced")
    func epoch() throws {
        let (desk, copy) = try backedUp("rotating")
        for _ in 0..<5 { try desk.edit { $0.tags = ($0.tags ?? "") + "x" } }
        let replaced = try desk.locked().header.epoch
        let report = try Restore.run(copy, in: desk.context) { (_) throws(OperationError) in true }
        #expect(report.vault.epoch == replaced + 1)
        let aside = try #require(report.aside)
        #expect(try Vault.readLocked(at: aside).header.epoch == replaced)
    }

    @Test("of an older generation: refused, with the keys that it would let in; then as it was asked for")
    func olderGeneration() throws {
        let (desk, copy) = try backedUp("rotating")
        _ = try Rekey.rotate(in: desk.context)
        let before = try desk.locked()
        var isAsked = false
        let refused = failure { () throws(OperationError) in
            _ = try Restore.run(copy, in: desk.context) { (_) throws(OperationError) in
                isAsked = true
                return true
            }
        }
        #expect(refused == .restoreFallsBehind(.olderGeneration, readmitted: []))
        #expect(!isAsked)
        #expect(try desk.locked() == before)
        var context = desk.context
        context.unlock.acceptRollback = true
        let report = try Restore.run(copy, in: context) { (_) throws(OperationError) in true }
        #expect(report.vault.generation == 1)
        #expect(report.vault.epoch == before.header.epoch + 1)
    }

    @Test("declined: nothing is changed, and nothing left")
    func declined() throws {
        let (desk, copy) = try backedUp("rotating")
        let before = try desk.locked()
        let files = try FileManager.default.contentsOfDirectory(atPath: desk.folder.path + "/vault").sorted()
        let declined = failure { () throws(OperationError) in
            _ = try Restore.run(copy, in: desk.context) { (_) throws(OperationError) in false }
        }
        #expect(declined == .declined)
        #expect(try desk.locked() == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: desk.folder.path + "/vault").sorted() == files
        )
    }
}
