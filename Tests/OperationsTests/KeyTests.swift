import CredentialVault
import Foundation
import Operations
import Secrets
import Testing

/// One vault with the slots `test` (the desk's own key) and `cron`, an app and two connections.
private final class KeyDesk {
    let desk: Desk
    let cron: SecretBytes

    var lookingForFiles: Context {
        var context = desk.context
        context.recoveryFolders = [RecoveryFolder(desk.folder.path, isLasting: true)]
        return context
    }

    init() throws {
        desk = try Desk()
        cron = try Random.secret(32)
        try desk.addApp()
        try desk.addConnection("globex")
        try desk.addConnection("acme")
        let publicKey = try Identity(secret: cron.copy()).publicKey
        _ = try Keys.add(.machine(publicKey: publicKey), label: "cron", in: desk.context)
        desk.keysRead = 0
    }

    func cronKey() throws(OperationError) -> UnlockKey {
        do throws(SecretsError) { return .machine(try Identity(secret: cron.copy())) } catch {
            throw .secrets(error)
        }
    }

    /// Whoever holds the key of `cron`.
    var other: Context {
        var context = desk.context
        context.key = KeySource(
            isInteractive: false, check: { () throws(OperationError) in },
            read: { [self] () throws(OperationError) in try cronKey() })
        return context
    }

    /// The vault and what waits in its -wal.
    func bytes() -> [Data?] { ["", "-wal"].map { FileManager.default.contents(atPath: desk.path + $0) } }

    func labels() throws -> [String] { try Keys.list(in: desk.context).slots.map(\.label) }
}

private func never() throws(OperationError) -> Bool {
    Issue.record("nobody was to be asked")
    return false
}

@Suite("key remove, change and rotate")
struct RekeyReportTests {
    private func expectAll(_ key: Rekey.OutgoingKey?) throws {
        let key = try #require(key)
        #expect(key.apps.map { [$0.name, $0.provider] } == [["app", "example"]])
        #expect(
            key.connections.map { [$0.name, $0.app, $0.provider] }
                == [["acme", "app", "example"], ["globex", "app", "example"]])
    }

    @Test("rotate: every key stays, no key is told to have gone, and the tokens are as they were")
    func rotate() throws {
        let here = try KeyDesk()
        let before = try here.desk.tokens()
        var told: [Int] = []
        let report = try Rekey.rotate(in: here.desk.context) { told += [$0, $1] }
        #expect(report.vault.generation == 2)
        #expect(report.usedSlot == "test")
        #expect(report.keepers.map(\.label) == ["cron", "test"])
        #expect(report.outgoing == nil)
        #expect(report.tidying == .done)
        #expect(told.suffix(2) == [3, 3])
        #expect(here.desk.keysRead == 1)
        #expect(try here.desk.tokens() == before)
        _ = try Verify.run(in: here.other)
    }

    /// Its new tokens may be in a recovery record outside the vault, which the next root key could not open.
    @Test("a refresh whose end nobody knows stops a new root key, and is named; given up, its mark stays")
    func pending() throws {
        let here = try KeyDesk()
        try here.desk.edit { $0.pending = 5 }
        let before = try here.desk.row()
        let bytes = here.bytes()
        let publicKey = try Identity.generate().publicKey
        let refused = OperationError.refreshPending(connections: ["acme"])
        let context = here.desk.context
        #expect(throws: refused) { try Rekey.rotate(in: context) }
        #expect(throws: refused) { try Rekey.remove("cron", in: context, consent: never) }
        #expect(throws: refused) {
            try Rekey.change("cron", to: .machine(publicKey: publicKey), in: context)
        }
        #expect(throws: refused) { try Rekey.plan(.rotate, in: context) }
        #expect(here.bytes() == bytes && here.desk.notices.isEmpty)
        _ = try Rekey.plan(.rotate, abandonPending: true, in: context)
        _ = try Rekey.rotate(abandonPending: true, in: context)
        #expect(here.desk.notices == Array(repeating: .recordsEnd(connections: ["acme"]), count: 2))
        #expect(try here.desk.row() == before)
    }

    @Test("an interrupted connection stops nothing: what dies with the root key is said")
    func interrupted() throws {
        let here = try KeyDesk()
        try here.desk.edit("globex") { ($0.state, $0.lastError) = (.interrupted, .interrupted) }
        _ = try Rekey.plan(.rotate, in: here.desk.context)
        let report = try Rekey.rotate(in: here.desk.context)
        #expect(report.vault.generation == 2)
        #expect(here.desk.notices == Array(repeating: .recordsEnd(connections: ["globex"]), count: 2))
    }

    @Test("a plan takes a living process's mark, and one whose tokens wait in the spool, for no doubt")
    func planBesideOthers() throws {
        let here = try KeyDesk()
        try here.desk.edit { $0.pending = 5 }
        let living = try VaultLocks.shared(beside: here.desk.path, wait: 0)
        try living.lock(connection: here.desk.row().id, wait: 0)
        _ = try Rekey.plan(.rotate, in: here.desk.context)
        living.unlock(connection: try here.desk.row().id)
        #expect(throws: OperationError.self) { try Rekey.plan(.rotate, in: here.desk.context) }
        try leaveAnswer(in: here) { $0 }
        _ = try Rekey.plan(.rotate, in: here.desk.context)
        #expect(here.desk.notices.isEmpty)
    }

    @Test("nor does one that waits in a file")
    func doubtsPlannedBesideAFile() throws {
        let here = try KeyDesk()
        try here.desk.edit { $0.pending = here.desk.now }
        try leaveAnswer(in: here, asFile: true) { $0 }
        _ = try Rekey.plan(.rotate, in: here.lookingForFiles)
        #expect(here.desk.notices.isEmpty)
        #expect(throws: OperationError.refreshPending(connections: ["acme"])) {
            try Rekey.plan(.rotate, in: here.desk.context)
        }
    }

    @Test("remove: says what the key could read, asks nobody, and the key opens nothing more")
    func remove() throws {
        let here = try KeyDesk()
        let report = try Rekey.remove("cron", in: here.desk.context, consent: never)
        #expect(report.vault.generation == 2)
        #expect(report.keepers.map(\.label) == ["test"])
        #expect(report.outgoing?.label == "cron")
        #expect(report.outgoing?.kind == .machine)
        #expect(report.outgoing?.isInUse == false)
        try expectAll(report.outgoing)
        #expect(throws: OperationError.vault(.wrongKey(.machine))) { _ = try Verify.run(in: here.other) }
        _ = try Verify.run(in: here.desk.context)
    }

    @Test("remove of the key in use asks; declined, nothing is written")
    func removeInUse() throws {
        let here = try KeyDesk()
        let before = here.bytes()
        #expect(throws: OperationError.declined) {
            try Rekey.remove("test", in: here.desk.context) { () throws(OperationError) in false }
        }
        #expect(here.bytes() == before)
        let report = try Rekey.remove("test", in: here.desk.context) { () throws(OperationError) in true }
        #expect(report.outgoing?.isInUse == true)
        #expect(report.usedSlot == "test")
        #expect(report.keepers.map(\.label) == ["cron"])
        _ = try Verify.run(in: here.other)
    }

    @Test("the last key, and labels that no key has, are refused before a key is asked for")
    func refusedLocked() throws {
        let here = try KeyDesk()
        _ = try Rekey.remove("cron", in: here.desk.context, consent: never)
        here.desk.keysRead = 0
        let before = here.bytes()
        let publicKey = try Identity.generate().publicKey
        #expect(throws: OperationError.vault(.lastSlot(label: "test"))) {
            try Rekey.remove("test", in: here.desk.context, consent: never)
        }
        #expect(throws: OperationError.vault(.noSlot(label: "cron"))) {
            try Rekey.remove("cron", in: here.desk.context, consent: never)
        }
        #expect(throws: OperationError.vault(.noSlot(label: "cron"))) {
            try Rekey.change("cron", to: .machine(publicKey: publicKey), in: here.desk.context)
        }
        for subject in [Rekey.Subject.remove(label: "cron"), .change(label: "cron")] {
            #expect(throws: OperationError.vault(.noSlot(label: "cron"))) {
                try Rekey.plan(subject, in: here.desk.context)
            }
        }
        #expect(throws: OperationError.vault(.lastSlot(label: "test"))) {
            try Rekey.plan(.remove(label: "test"), in: here.desk.context)
        }
        #expect(here.desk.keysRead == 0)
        #expect(here.bytes() == before)
    }

    @Test("change without a label is of the key in use: the label stays, the new key opens, the old not")
    func change() throws {
        let here = try KeyDesk()
        let new = try Identity.generate()
        let report = try Rekey.change(nil, to: .machine(publicKey: new.publicKey), in: here.other)
        #expect(report.outgoing?.label == "cron")
        #expect(report.outgoing?.isInUse == true)
        try expectAll(report.outgoing)
        #expect(report.keepers.map(\.label) == ["cron", "test"])
        #expect(report.keepers.first?.publicKey == MachineKey.publicText(of: new.publicKey))
        #expect(throws: OperationError.vault(.wrongKey(.machine))) { _ = try Verify.run(in: here.other) }
        try Vault.withUnlocked(at: here.desk.path, with: .machine(new)) { (vault) throws(VaultError) in
            #expect(vault.slot.label == "cron")
        }
    }

    @Test(
        "change to a key that another slot has, or to the one it has, changes nothing",
        arguments: ["test", "cron"])
    func changeToEnrolled(label: String) throws {
        let here = try KeyDesk()
        let before = here.bytes()
        let publicKey = try Identity(secret: here.cron.copy()).publicKey
        #expect(throws: OperationError.vault(.publicKeyTaken(label: "cron"))) {
            try Rekey.change(label, to: .machine(publicKey: publicKey), in: here.desk.context)
        }
        #expect(here.bytes() == before)
    }

    @Test("a plan says what will be, and writes nothing")
    func plan() throws {
        let here = try KeyDesk()
        let before = here.bytes()
        let rotate = try Rekey.plan(.rotate, in: here.desk.context)
        let change = try Rekey.plan(.change(label: nil), in: here.desk.context)
        let remove = try Rekey.plan(.remove(label: "cron"), in: here.desk.context)
        #expect(here.bytes() == before)
        #expect(here.desk.keysRead == 3)
        #expect(rotate.keepers.map(\.label) == ["cron", "test"])
        #expect(rotate.outgoing == nil)
        #expect(change.outgoing?.label == "test")
        #expect(change.outgoing?.isInUse == true)
        for plan in [rotate, change, remove] {
            #expect(plan.vault.generation == 1)
            #expect(plan.tidying == nil)
        }
        let done = try Rekey.remove("cron", in: here.desk.context, consent: never)
        #expect(remove.keepers == done.keepers)
        #expect(remove.outgoing == done.outgoing)
        #expect(remove.usedSlot == done.usedSlot)
    }

    @Test("a plan by a key that opens nothing is refused")
    func planWrongKey() throws {
        let here = try KeyDesk()
        _ = try Rekey.remove("cron", in: here.desk.context, consent: never)
        #expect(throws: OperationError.vault(.wrongKey(.machine))) {
            try Rekey.plan(.rotate, in: here.other)
        }
    }

    @Test("while a key is asked for, every other process has the vault as before")
    func nobodyWaitsForAPerson() throws {
        let here = try KeyDesk()
        var context = here.desk.context
        let source = context.key
        context.key = KeySource(isInteractive: true, check: source.check) { () throws(OperationError) in
            do throws(VaultError) {
                _ = try VaultLocks.shared(beside: here.desk.path, wait: 0)
            } catch { throw .vault(error) }
            return try source.read()
        }
        here.desk.keysRead = 0
        #expect(try Rekey.rotate(in: context).vault.generation == 2)
        #expect(here.desk.keysRead == 1)
        _ = try Recover.run(nil, discarding: false, in: context)
        #expect(here.desk.keysRead == 2)
    }

    @Test("while another works on the vault it is busy")
    func busy() throws {
        let here = try KeyDesk()
        let before = here.bytes()
        var context = here.desk.context
        context.lockWaitSeconds = 0
        let held = try VaultLocks.shared(beside: here.desk.path, wait: 0)
        try withExtendedLifetime(held) {
            // The holder is this very process, which the kernel does not name to itself.
            #expect(throws: OperationError.vault(.busy(holder: nil))) { try Rekey.rotate(in: context) }
            #expect(throws: OperationError.vault(.busy(holder: nil))) {
                try Rekey.remove("cron", in: context, consent: never)
            }
            #expect(here.bytes() == before)
            _ = try Rekey.plan(.rotate, in: context)
        }
    }

    /// What a process leaves that ended after an answer came and before it was stored.
    /// - Parameter asFile: in a file of its own, and not in the spool.
    private func leaveAnswer(
        in here: KeyDesk, asFile: Bool = false, _ change: (RecoveryRecord) throws -> RecoveryRecord
    ) throws {
        here.desk.now += 1
        defer { here.desk.now -= 1 }
        let record = try here.desk.record(of: "acme", access: "access-1", refresh: "refresh-1")
        if asFile {
            _ = try RecoveryFile.write(change(record), in: here.desk.folder.path)
        } else {
            var place = try Spool(beside: here.desk.path).reserve(wait: 0)
            try place.write(change(record))
        }
    }

    @Test("an answer that another process could not store any more is stored before the key goes")
    func waitingAnswer() throws {
        let here = try KeyDesk()
        try leaveAnswer(in: here) { $0 }
        let report = try Rekey.remove("cron", in: here.desk.context, consent: never)
        #expect(report.vault.generation == 2)
        #expect(try here.desk.tokens().refresh == "refresh-1")
    }

    @Test(
        "one that cannot be stored ends it: under the next key nobody could ever store it",
        arguments: [false, true])
    func lostAnswer(asFile: Bool) throws {
        let here = try KeyDesk()
        try leaveAnswer(in: here, asFile: asFile) { record in
            // One letter within the sealed body.
            var text = String(record.text.dropFirst(RecoveryRecord.prefix.count))
                .replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
            text += String(repeating: "=", count: (4 - text.count % 4) % 4)
            var json = try #require(Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) })
            let body = try #require(json.range(of: #""body":""#)).upperBound
            let letter = json.index(body, offsetBy: 40)
            json.replaceSubrange(letter...letter, with: json[letter] == "A" ? "B" : "A")
            let altered = Data(json.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
                .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            return try RecoveryRecord(text: RecoveryRecord.prefix + altered)
        }
        let before = here.bytes()
        #expect(throws: OperationError.vault(.recovery(.waiting(connection: "acme")))) {
            try Rekey.rotate(in: here.lookingForFiles)
        }
        #expect(here.bytes() == before)
    }

    @Test("labels are told apart byte for byte: the key in use is asked about under its own label alone")
    func labelBytes() throws {
        let here = try KeyDesk()
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let other = try Identity.generate().publicKey
        try here.desk.unlocked { (vault) throws(OperationError) in
            do throws(VaultError) {
                try vault.commit(.renameSlot("test", to: composed), Event(.keyRename, .ok), now: 1)
                try vault.commit(
                    .addSlot(.machine(publicKey: other), label: decomposed), Event(.keyAdd, .ok), now: 1)
            } catch { throw .vault(error) }
        }
        let plan = try Rekey.plan(.remove(label: decomposed), in: here.desk.context)
        #expect(plan.outgoing?.isInUse == false)
        #expect(plan.keepers.count == 2)
        let done = try Rekey.remove(decomposed, in: here.desk.context, consent: never)
        #expect(done.outgoing?.isInUse == false)
        #expect(done.outgoing?.label.utf8.elementsEqual(decomposed.utf8) == true)
        #expect(try here.labels().contains { $0.utf8.elementsEqual(composed.utf8) })
        #expect(throws: OperationError.vault(.noSlot(label: decomposed))) {
            try Rekey.remove(decomposed, in: here.desk.context, consent: never)
        }
    }
}

@Suite("key rename")
struct KeyRenameTests {
    @Test("the label is another, the key the same, and the generation too")
    func rename() throws {
        let here = try KeyDesk()
        let report = try Keys.rename("cron", to: "night", in: here.desk.context)
        #expect(report.slots.map(\.label) == ["night", "test"])
        #expect(report.vault.generation == 1)
        _ = try Verify.run(in: here.other)
    }

    @Test("a taken, unknown or bad label is refused before a key is asked for")
    func refused() throws {
        let here = try KeyDesk()
        let before = here.bytes()
        #expect(throws: OperationError.labelTaken("test")) {
            try Keys.rename("cron", to: "test", in: here.desk.context)
        }
        #expect(throws: OperationError.vault(.noSlot(label: "laptop"))) {
            try Keys.rename("laptop", to: "night", in: here.desk.context)
        }
        #expect(throws: OperationError.name(.slot, .leadingHyphen)) {
            try Keys.rename("cron", to: "-night", in: here.desk.context)
        }
        #expect(here.desk.keysRead == 0)
        #expect(here.bytes() == before)
    }
}
