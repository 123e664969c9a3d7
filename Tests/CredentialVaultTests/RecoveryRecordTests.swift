@testable import CredentialVault
import Foundation
import Secrets
import Testing

/// Recovery records: one text for one record, and applied only to the row that they were sealed for.
@Suite("Recovery records")
struct RecoveryRecordTests {
    private static let later = VaultFixture.now + 100

    /// The record of a refresh of `member-1`, which is not committed.
    static func record(
        _ vault: borrowing OpenVault, access: String = "new-access", at now: Int64 = later
    ) throws(VaultError) -> RecoveryRecord {
        guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
        (row.refreshedAt, row.accessExpiresAt, row.pending, row.state) = (now, now + 1_000, nil, .ok)
        return try vault.seal(
            row,
            ConnectionSecrets(
                accessToken: VaultFixture.secret(access), refreshToken: VaultFixture.secret("new-refresh")),
            now: now)
    }

    static func accessToken(_ vault: borrowing OpenVault) throws(VaultError) -> String? {
        guard let row = vault.connection(named: "member-1") else { return nil }
        return VaultFixture.text(try vault.secrets(of: row).accessToken)
    }

    // MARK: Text

    @Test("a record and its text are each other's")
    func roundTrip() throws {
        let fixture = try VaultFixture.copy()
        let record = try fixture.unlock { (vault) throws(VaultError) in
            guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
            (row.tags, row.lastError, row.consentedAt) = ("a\"b\\c\n\u{1F}é€\u{1F600}", .quota, nil)
            return try vault.seal(row, ConnectionSecrets(), now: Self.later)
        }
        let text = record.text
        #expect(text.hasPrefix("ADVAULT-RECOVERY-1 "))
        #expect(try RecoveryRecord(text: text) == record)
        #expect(try RecoveryRecord(text: "\r\n " + text + "\n") == record)
    }

    @Test("the longest record fits the limit, and the limit a place of the spool")
    func longest() throws {
        let text = String(repeating: "\u{1}", count: 1_024)
        let row = RecoveryRecord.longest(text)
        #expect(row.text.utf8.count <= RecoveryRecord.maximumBytes)
        #expect(try RecoveryRecord(text: row.text) == row)
        #expect(RecoveryRecord.maximumBytes + 36 <= Spool.placeBytes)
    }

    // MARK: Files

    @Test(
        "in a folder only the caller's own closed and whole files of this vault count, former versions first")
    func files() throws {
        let fixture = try VaultFixture.copy()
        let (id, record, newer) = try fixture.unlock { (vault) throws(VaultError) in
            let record = try Self.record(vault)
            var row = record.row
            row.version += 1
            let newer = RecoveryRecord(
                vault: record.vault, generation: 1, row: row, head: record.head, body: record.body)
            return (vault.header.id, record, newer)
        }
        let folder = fixture.path + ".folder"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        func write(_ name: String, _ text: String, _ mode: mode_t = 0o600) throws {
            let path = folder + "/advault-" + name
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            #expect(chmod(path, mode) == 0)
        }
        let other = RecoveryRecord(
            vault: VaultID(bytes: Array(repeating: 7, count: 16))!, generation: 1, row: record.row,
            head: record.head, body: record.body)
        let written = [try RecoveryFile.write(newer, in: folder), try RecoveryFile.write(record, in: folder)]
        try write("0.recovery", other.text)
        try write("1.recovery", record.text, 0o622)
        try write("2.recovery", String(record.text.dropLast(5)))
        try write("3.recovery", record.text + " " + record.text)
        try write("4.txt", record.text)
        #expect(symlink(written[0], folder + "/advault-5.recovery") == 0)
        #expect(mkfifo(folder + "/advault-6.recovery", 0o600) == 0)
        #expect(mkdir(folder + "/advault-7.recovery", 0o700) == 0)
        // A folder that is named twice is looked at once.
        let folders = [folder + "/none", folder, folder + "/"]
        let found = RecoveryFile.records(in: folders, of: id)
        #expect(found.map(\.path) == written.reversed())
        #expect(found.map(\.record) == [record, newer])
        let unreadable = RecoveryFile.all(in: folders, of: id).filter { $0.found == .unreadable }
        #expect(unreadable.map(\.path) == ["2", "3"].map { "\(folder)/advault-\($0).recovery" })
        RecoveryFile.remove(written[0])
        #expect(RecoveryFile.records(in: folders, of: id).map(\.path) == [written[1]])
        // Copied with another mode, it is the same record.
        #expect(chmod(written[1], 0o644) == 0)
        #expect(RecoveryFile.records(in: folders, of: id).map(\.record) == [record])
    }

    @Test("anything else is refused")
    func malformed() throws {
        let fixture = try VaultFixture.copy()
        let text = try fixture.unlock { (vault) throws(VaultError) in try Self.record(vault).text }
        let json = try Self.json(text)
        #expect(try RecoveryRecord(text: Self.text(json)).text == text)
        let altered = [
            json.replacing(#"{"vault_id""#, with: #"{ "vault_id""#),
            json.replacing(#""table":"connection""#, with: #""table":"app""#),
            json.replacing(#""generation":1"#, with: #""generation":01"#),
            json.replacing(#""generation":1"#, with: #""generation":0"#),
            json.replacing(#""generation":1"#, with: #""generation":-1"#),
            json.replacing(#""generation":1"#, with: #""generation":1.0"#),
            json.replacing(#""generation":1"#, with: #""generation":99999999999999999999"#),
            json.replacing(#""generation":1"#, with: #""generation":1,"generation":1"#),
            json.replacing(#""generation":1"#, with: #""generation":1,"more":1"#),
            json.replacing(#""state":"ok""#, with: #""state":"fine""#),
            json.replacing(#""state":"ok""#, with: #""state":null"#),
            json.replacing(#""state":"ok""#, with: "\"state\":\"\\u006fk\""),
            json.replacing(#""name":"member-1""#, with: #""name":"""#),
            json.replacing(#""version":2,"#, with: ""),
            json.replacing("}}", with: "}"),
            json.replacing("}}", with: "}}}"),
            json + " ",
            String(json.dropLast()),
            "{}", "",
        ]
        for other in altered {
            #expect(throws: VaultError.recovery(.malformed), "\(other.prefix(60))") {
                try RecoveryRecord(text: Self.text(other))
            }
        }
        for other in [
            "", "ADVAULT-RECOVERY-1", "ADVAULT-RECOVERY-1 ", text + "=", text + "\n" + text,
            text.replacing("RECOVERY-1", with: "RECOVERY-2"), String(text.dropLast(2)),
            text + String(repeating: "A", count: 80_000), text.replacing(" ", with: "  "),
        ] {
            #expect(throws: VaultError.recovery(.malformed)) { try RecoveryRecord(text: other) }
        }
    }

    @Test("records are found in a log, whatever stands around them")
    func inALog() throws {
        let fixture = try VaultFixture.copy()
        let (one, two) = try fixture.unlock { (vault) throws(VaultError) in
            (try Self.record(vault), try Self.record(vault, access: "second"))
        }
        let log =
            "advault: the line ADVAULT-RECOVERY-1 is é\nNov 25 host advault[12]: \(one.text)\nhint: save it\n\(two.text)"
        #expect(try RecoveryRecord.all(in: log) == [one, two])
        #expect(throws: VaultError.recovery(.malformed)) { try RecoveryRecord.all(in: "hint: none\n") }
        // One that was cut keeps back no other.
        #expect(try RecoveryRecord.all(in: two.text.dropLast(9) + "\n" + one.text) == [nil, one])
        #expect(throws: VaultError.recovery(.malformed)) {
            try RecoveryRecord.all(in: String(two.text.dropLast(9)))
        }
    }

    private static func json(_ text: String) throws -> String {
        let encoded = String(text.dropFirst(RecoveryRecord.prefix.count))
        return String(decoding: try #require(Base64URL.decode(encoded)), as: UTF8.self)
    }

    private static func text(_ json: String) -> String {
        RecoveryRecord.prefix + Base64URL.encode(Array(json.utf8))
    }

    // MARK: Applying

    @Test("a record of the next version goes in as it stands; a second time it is there already")
    func applied() throws {
        let fixture = try VaultFixture.copy()
        let record = try fixture.unlock { (vault) throws(VaultError) in try Self.record(vault) }
        try fixture.unlock { (vault) throws(VaultError) in
            let first = try vault.apply(record, now: Self.later)
            #expect(first == .applied(connection: "member-1"))
            let second = try vault.apply(record, now: Self.later)
            #expect(second == .stored(connection: "member-1"))
        }
        try fixture.unlock { (vault) throws(VaultError) in
            #expect(try Self.accessToken(vault) == "new-access")
            #expect(vault.connection(named: "member-1") == record.row)
            try vault.verify()
        }
    }

    @Test(
        "a record that a change without tokens overtook puts its tokens onto the row as it is",
        arguments: [StoredState.ok, .interrupted, .reconnect, .appError])
    func overtaken(_ state: StoredState) throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let record = try Self.record(vault)
            guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
            (row.state, row.tags) = (state, "new-tag")
            row.pending = [.ok, .appError].contains(state) ? Self.later : nil
            try vault.commit(
                .replaceConnection(row, nil), Event(.refresh, .interrupted), now: Self.later + 5)
            let recovery = try vault.apply(record, now: Self.later + 10)
            #expect(recovery == .applied(connection: "member-1"))
            #expect(try Self.accessToken(vault) == "new-access")
            let now = vault.connection(named: "member-1")
            #expect(now?.state == .ok)
            #expect(now?.tags == "new-tag")
            #expect(now?.refreshedAt == Self.later)
            #expect(now?.version == 3)
        }
    }

    /// The clock ran fast when the record was made, and was put back before the next refresh.
    @Test("a record from a clock that was put back since does not replace tokens that came after it")
    func clockPutBack() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let old = try Self.record(vault, access: "old", at: Self.later + 86_400)
            _ = try vault.apply(old, now: Self.later + 86_400)
            let new = try Self.record(vault, access: "newer", at: Self.later)
            _ = try vault.apply(new, now: Self.later)
            let epoch = vault.header.epoch
            #expect(try vault.apply(old, now: Self.later) == .stale(connection: "member-1"))
            #expect(vault.header.epoch == epoch)
            #expect(try Self.accessToken(vault) == "newer")
        }
    }

    /// A consent is no refresh: nothing was marked when its tokens could not be stored.
    @Test("a record of a later consent is applied, whatever overtook it")
    func laterConsent() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
            (row.consentedAt, row.refreshedAt) = (Self.later, nil)
            let secrets = ConnectionSecrets(accessToken: VaultFixture.secret("consented"))
            let record = try vault.seal(row, secrets, now: Self.later)
            guard var tagged = vault.connection(named: "member-1") else { throw .changedMeanwhile }
            tagged.tags = "new-tag"
            try vault.commit(.replaceConnection(tagged, nil), Event(.tag, .ok), now: Self.later + 5)
            #expect(try vault.apply(record, now: Self.later + 9) == .applied(connection: "member-1"))
            #expect(try Self.accessToken(vault) == "consented")
        }
    }

    /// A record in a log that is recovered twice, or in a place whose clearing a loss of power undid.
    @Test(
        "a record whose tokens stand in the row already does not end the doubt about a later refresh",
        arguments: [StoredState.ok, .interrupted])
    func replayed(_ state: StoredState) throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let record = try Self.record(vault)
            _ = try vault.apply(record, now: Self.later)
            guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
            (row.state, row.pending) = (state, state == .ok ? Self.later + 5 : nil)
            try vault.commit(.replaceConnection(row, nil), Event(.refresh, .begun), now: Self.later + 5)
            let epoch = vault.header.epoch
            #expect(try vault.apply(record, now: Self.later + 10) == .stored(connection: "member-1"))
            #expect(vault.header.epoch == epoch)
            let now = vault.connection(named: "member-1")
            #expect(now?.state == state && now?.pending == row.pending)
        }
    }

    /// What a provider said of the tokens that the row has.
    @Test(
        "a word on the same tokens counts where a single write came between, and no longer",
        arguments: [1, 2])
    func wordOvertaken(_ writes: Int) throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            func change(_ change: (inout ConnectionRow) -> Void) throws(VaultError) {
                guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
                change(&row)
                try vault.commit(.replaceConnection(row, nil), Event(.refresh, .begun), now: Self.later)
            }
            try change { $0.pending = Self.later }
            guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
            let held = try vault.secrets(of: row)
            (row.pending, row.lastError) = (nil, .quota)
            let word = try vault.seal(row, held, now: Self.later + 1)
            try change { ($0.pending, $0.state, $0.lastError) = (nil, .interrupted, .interrupted) }
            if writes == 2 { try change { $0.tags = "new-tag" } }
            let recovery = try vault.apply(word, now: Self.later + 2)
            let now = vault.connection(named: "member-1")
            if writes == 1 {
                #expect(recovery == .applied(connection: "member-1"))
                #expect(now?.state == .ok && now?.lastError == .quota)
            } else {
                #expect(recovery == .stored(connection: "member-1"))
                #expect(now?.state == .interrupted)
            }
        }
    }

    @Test("a folder that did not change is not looked through again, and one that did is")
    func watched() throws {
        let fixture = try VaultFixture.copy()
        let record = try fixture.unlock { (vault) throws(VaultError) in try Self.record(vault) }
        let folder = fixture.path + ".folder"
        let watch = RecoveryWatch([folder])
        #expect(watch.records(of: record.vault).isEmpty)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        func setChanged(_ seconds: Int) throws {
            let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
            #expect(utimensat(AT_FDCWD, folder, times, 0) == 0)
        }
        try setChanged(1_000)
        #expect(watch.records(of: record.vault).isEmpty)
        let path = try RecoveryFile.write(record, in: folder)
        // As if nothing had changed: it was not looked through.
        try setChanged(1_000)
        #expect(watch.records(of: record.vault).isEmpty)
        try setChanged(1_001)
        #expect(watch.records(of: record.vault) == [record])
        #expect(watch.records(of: record.vault) == [record])
        RecoveryFile.remove(path)
        #expect(watch.records(of: record.vault).isEmpty)
        // Changed a moment ago: another change of the same moment would not show.
        try FileManager.default.moveItem(
            atPath: RecoveryFile.write(record, in: fixture.path + ".folder"), toPath: fixture.path + ".away")
        let now = try #require(FileRules.changed(folder))
        #expect(watch.records(of: record.vault).isEmpty)
        try FileManager.default.moveItem(atPath: fixture.path + ".away", toPath: path)
        let times = [Int(now / 1_000_000_000), Int(now % 1_000_000_000)]
        let same = timespec(tv_sec: times[0], tv_nsec: times[1])
        #expect(utimensat(AT_FDCWD, folder, [same, same], 0) == 0)
        #expect(watch.records(of: record.vault) == [record])
    }

    /// The row is marked again, as within a server's grace: that doubt is about another request.
    @Test("a word on the same tokens ends no doubt about a later request")
    func wordBesideALaterMark() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
            let held = try vault.secrets(of: row)
            (row.pending, row.lastError) = (nil, .quota)
            let word = try vault.seal(row, held, now: Self.later + 1)
            row.pending = Self.later
            try vault.commit(.replaceConnection(row, nil), Event(.refresh, .begun), now: Self.later)
            #expect(try vault.apply(word, now: Self.later + 2) == .stored(connection: "member-1"))
            #expect(vault.connection(named: "member-1")?.pending == Self.later)
        }
    }

    /// The copy may be older than the last refresh of all. `sealed`: by a clock that may have been ahead.
    @Test(
        "tokens that were sealed before the vault was put back may have been spent since: interrupted until tested",
        arguments: [1, 3_600], [false, true])
    func beforeARestore(_ sealed: Int64, _ isOvertaken: Bool) throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            guard let row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
            try vault.markRestored(interrupting: [row.id], past: 0, now: Self.later + 5)
            let former = try Self.record(vault, access: "former", at: Self.later + sealed)
            if isOvertaken {
                guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
                row.tags = "new-tag"
                try vault.commit(
                    .replaceConnection(row, nil), Event(.tag, .ok, connection: row.id), now: Self.later + 5)
            }
            #expect(try vault.apply(former, now: Self.later + 7) == .applied(connection: "member-1"))
            #expect(try Self.accessToken(vault) == "former")
            #expect(vault.connection(named: "member-1")?.state == .interrupted)
        }
    }

    @Test("after a restore a new consent is no older record's to replace, and a new refresh's record counts")
    func afterARestore() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            func change(_ event: Event, _ change: (inout ConnectionRow) -> Void) throws(VaultError) {
                guard var row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
                change(&row)
                try vault.commit(.replaceConnection(row, nil), event, now: Self.later + 10)
            }
            guard let row = vault.connection(named: "member-1") else { throw .changedMeanwhile }
            try vault.markRestored(interrupting: [row.id], past: 0, now: Self.later + 5)
            try change(Event(.reconnect, .ok, connection: row.id)) {
                ($0.state, $0.consentedAt, $0.refreshedAt) = (.ok, Self.later + 10, nil)
            }
            // Of the next version by chance, and as old as the copy.
            let former = try Self.record(vault, access: "former")
            #expect(try vault.apply(former, now: Self.later + 11) == .stale(connection: "member-1"))
            try change(Event(.refresh, .begun, connection: row.id)) { $0.pending = Self.later + 10 }
            let newer = try Self.record(vault, access: "newer", at: Self.later + 12)
            #expect(try vault.apply(newer, now: Self.later + 13) == .applied(connection: "member-1"))
            #expect(try Self.accessToken(vault) == "newer")
            #expect(vault.connection(named: "member-1")?.state == .ok)
        }
    }

    @Test("a record whose connection has newer tokens changes nothing")
    func stale() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let old = try Self.record(vault, access: "old")
            let new = try Self.record(vault, access: "newer", at: Self.later + 1)
            _ = try vault.apply(new, now: Self.later)
            let epoch = vault.header.epoch
            let recovery = try vault.apply(old, now: Self.later)
            #expect(recovery == .stale(connection: "member-1"))
            #expect(vault.header.epoch == epoch)
            #expect(try Self.accessToken(vault) == "newer")
        }
    }

    @Test("of another vault, another generation or a connection that is gone: refused")
    func elsewhere() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let record = try Self.record(vault)
            let other = VaultID(bytes: Array(repeating: 5, count: 16))!
            let moved = RecoveryRecord(
                vault: other, generation: 1, row: record.row, head: record.head, body: record.body)
            #expect(try vault.apply(moved, now: Self.later) == .refused(.anotherVault(found: other)))
            let old = RecoveryRecord(
                vault: record.vault, generation: 2, row: record.row, head: record.head, body: record.body)
            #expect(try vault.apply(old, now: Self.later) == .refused(.anotherGeneration(found: 2)))
            let id = record.row.id
            try vault.commit(.removeConnection(id), Event(.disconnect, .ok), now: Self.later)
            #expect(try vault.apply(record, now: Self.later) == .refused(.noRow))
        }
    }

    @Test("each byte of the record's JSON altered: refused, and the vault stays as it is")
    func flipped() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let record = try Self.record(vault)
            let epoch = vault.header.epoch
            var json = Array(Base64URL.decode(String(record.text.dropFirst(RecoveryRecord.prefix.count)))!)
            for index in json.indices {
                json[index] ^= 1
                let text = RecoveryRecord.prefix + Base64URL.encode(json)
                json[index] ^= 1
                guard let altered = try? RecoveryRecord(text: text) else { continue }
                guard case .refused = try vault.apply(altered, now: Self.later) else {
                    Issue.record("byte \(index) was altered and the record applied")
                    continue
                }
            }
            #expect(vault.header.epoch == epoch)
            #expect(try vault.apply(record, now: Self.later) == .applied(connection: "member-1"))
        }
    }
}

extension RecoveryRecord {
    /// Every text at its limit, of the character that JSON writes longest.
    static func longest(_ text: String) -> RecoveryRecord {
        let id = RowID(bytes: Array(repeating: 255, count: 16))!
        var row = ConnectionRow(
            id: id, name: text, appID: id, scopes: String(repeating: text, count: 4))
        (row.version, row.createdAt, row.updatedAt, row.tags) = (.max, .max, .max, text)
        (row.accessExpiresAt, row.refreshExpiresAt, row.consentedAt) = (.max, .max, .max)
        (row.refreshedAt, row.pending, row.lastError, row.state) = (
            .max, .max, .unauthorizedClient, .interrupted
        )
        return RecoveryRecord(
            vault: VaultID(bytes: id.bytes)!, generation: .max, row: row,
            head: Array(repeating: 255, count: 56), body: Array(repeating: 255, count: 14_352))
    }
}
