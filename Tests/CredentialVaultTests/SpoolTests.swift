@testable import CredentialVault
import Foundation
import Testing

/// The spool: places that outlive their process, and what the next one makes of them.
@Suite("Spool")
struct SpoolTests {
    private static let later = VaultFixture.now + 100

    private static func record(_ fixture: VaultFixture) throws -> RecoveryRecord {
        try fixture.unlock { (vault) throws(VaultError) in try RecoveryRecordTests.record(vault) }
    }

    /// What a process leaves that ends between the spool and the commit.
    private static func leave(_ record: RecoveryRecord, in fixture: VaultFixture) throws {
        var place = try Spool(beside: fixture.path).reserve(wait: 0)
        try place.write(record)
    }

    private static func findings(
        _ fixture: VaultFixture, held: RowID? = nil
    ) throws -> [OpenVault.WaitingRecord.Outcome] {
        let locks = try VaultLocks.shared(beside: fixture.path, wait: 0)
        return try fixture.unlock { (vault) throws(VaultError) in
            try vault.applyWaiting(under: locks, held: held, now: later).map(\.outcome)
        }
    }

    private static func waiting(_ fixture: VaultFixture) throws -> [SpoolPlace.Content] {
        var contents: [SpoolPlace.Content] = []
        try Spool(beside: fixture.path).forEachWaiting { (_, content) throws(VaultError) in
            contents.append(content)
        }
        return contents
    }

    /// Bytes of the spool; nil where there is none.
    private static func size(_ fixture: VaultFixture) -> Int? {
        var status = stat()
        return stat(fixture.path + ".spool", &status) == 0 ? Int(status.st_size) : nil
    }

    @Test("a place has its blocks before it is used, and the file is closed to others")
    func allocated() throws {
        let fixture = try VaultFixture.copy()
        let former = umask(0)
        let place = try Spool(beside: fixture.path).reserve(wait: 0)
        umask(former)
        _ = consume place
        var status = stat()
        #expect(stat(fixture.path + ".spool", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(Int(status.st_blocks) * 512 >= Spool.offset(of: 1))
        #expect(try fixture.files() == ["vault.db", "vault.db.spool"])
    }

    @Test("a record left behind is applied by the next one, once, and its place is empty to the last byte")
    func leftBehind() throws {
        let fixture = try VaultFixture.copy()
        try Self.leave(Self.record(fixture), in: fixture)
        #expect(try Self.findings(fixture) == [.settled(.applied(connection: "member-1"))])
        #expect(try Self.findings(fixture).isEmpty)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture.path + ".spool"))
        #expect(bytes.dropFirst(16).allSatisfy { $0 == 0 })
        try fixture.unlock { (vault) throws(VaultError) in
            #expect(try RecoveryRecordTests.accessToken(vault) == "new-access")
        }
    }

    @Test(
        "what was committed already is cleared; what was overtaken by newer tokens is discarded with an event"
    )
    func staleOnes() throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        try Self.leave(record, in: fixture)
        _ = try Self.findings(fixture)
        try Self.leave(record, in: fixture)
        #expect(try Self.findings(fixture) == [.settled(.stored(connection: "member-1"))])

        let newer = try fixture.unlock { (vault) throws(VaultError) in
            try RecoveryRecordTests.record(vault, access: "newer", at: Self.later + 1)
        }
        try fixture.unlock { (vault) throws(VaultError) in _ = try vault.apply(newer, now: Self.later) }
        try Self.leave(record, in: fixture)
        #expect(try Self.findings(fixture) == [.settled(.stale(connection: "member-1"))])
        #expect(try Self.waiting(fixture).isEmpty)
        try fixture.unlock { (vault) throws(VaultError) in
            let last = try Journal.read(vault.snapshot.journal.nextSeq - 1, in: vault.database)
            #expect(last?.operation == .recover)
            #expect(last?.outcome == .discarded)
        }
    }

    @Test("a place that is held is neither given away nor looked at; a connection that is held waits")
    func held() throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        var mine = try Spool(beside: fixture.path).reserve(wait: 0)
        try mine.write(record)
        #expect(try Self.waiting(fixture).isEmpty)
        try Self.leave(record, in: fixture)
        #expect(try Self.waiting(fixture) == [.record(record)])
        let other = try VaultLocks.shared(beside: fixture.path, wait: 0)
        try other.lock(connection: record.row.id, wait: 0)
        #expect(try Self.findings(fixture).isEmpty)
        // Whoever holds the connection waits for a place with its record: it would be another process's look.
        mine.clear()
        #expect(
            try Self.findings(fixture, held: record.row.id) == [.settled(.applied(connection: "member-1"))])
        other.unlock(connection: record.row.id)
        #expect(try Self.waiting(fixture).isEmpty)
    }

    @Test(
        "one spool gives out no place twice, takes back what was let go, and looks at none that it gave out"
    )
    func sharedFile() throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        let (spool, other) = (try Spool(beside: fixture.path), try Spool(beside: fixture.path))
        var first = try spool.reserve(wait: 0)
        var second = try spool.reserve(wait: 0)
        #expect(Self.size(fixture) == Spool.offset(of: 2))
        try first.write(record)
        try second.write(record)
        for spool in [spool, other] {
            try spool.forEachWaiting { (_, content) throws(VaultError) in Issue.record("\(content)") }
        }
        _ = consume first
        // What was let go with a record in it waits for whoever looks.
        var found = 0
        try spool.forEachWaiting { (place, content) throws(VaultError) in
            #expect(content == .record(record))
            place.clear()
            found += 1
        }
        #expect(found == 1)
        // The place of the first is free again; the second's is not.
        let third = try other.reserve(wait: 0)
        let fourth = try spool.reserve(wait: 0)
        #expect(Self.size(fixture) == Spool.offset(of: 3))
        _ = consume third
        _ = consume fourth
        second.clear()
    }

    @Test("a spool that was removed or cut while it was open is made anew, with blocks for its places")
    func openWhileChanged() throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        let spool = try Spool(beside: fixture.path)
        let path = fixture.path + ".spool"
        for change in [{ unlink(path) }, { truncate(path, 0) }, { truncate(path, 16) }] {
            _ = try spool.reserve(wait: 0)
            #expect(change() == 0)
            var place = try spool.reserve(wait: 0)
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(Int(status.st_blocks) * 512 >= Spool.placeBytes)
            #expect(Self.size(fixture) == Spool.offset(of: 1))
            try place.write(record)
            _ = consume place
            #expect(try Self.findings(fixture).count == 1)
        }
    }

    @Test(
        "before each token a spool that is open is held to what a new one is held to",
        arguments: ["wide", "link", "text", "zeros"])
    func openedBefore(_ kind: String) throws {
        let fixture = try VaultFixture.copy()
        let spool = try Spool(beside: fixture.path)
        let path = fixture.path + ".spool"
        _ = try spool.reserve(wait: 0)
        let file = open(path, O_RDWR)
        defer { close(file) }
        switch kind {
        case "wide": #expect(chmod(path, 0o666) == 0)
        case "link": #expect(link(path, path + "2") == 0)
        case "text": #expect(pwrite(file, "ADVAULT-SPOOL-2", 15, 0) == 15)
        default: #expect(pwrite(file, [UInt8](repeating: 0, count: 16), 16, 0) == 16)
        }
        let refused = try #require(
            #expect(throws: VaultError.self) { _ = try Spool(beside: fixture.path).reserve(wait: 0) })
        #expect(throws: refused) { _ = try spool.reserve(wait: 0) }
        #expect(throws: refused) { try spool.forEachWaiting { (_, _) throws(VaultError) in } }
    }

    @Test("a place that lost its blocks is given them again, though the file is as long as it was")
    func hole() throws {
        let fixture = try VaultFixture.copy()
        let spool = try Spool(beside: fixture.path)
        do {
            let first = try spool.reserve(wait: 0)
            let second = try spool.reserve(wait: 0)
            let third = try spool.reserve(wait: 0)
            _ = consume first
            _ = consume second
            _ = consume third
        }
        let path = fixture.path + ".spool"
        #expect(truncate(path, off_t(Spool.offset(of: 0))) == 0)
        #expect(truncate(path, off_t(Spool.offset(of: 3))) == 0)
        let place = try spool.reserve(wait: 0)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(Int(status.st_blocks) * 512 >= Spool.offset(of: 1))
        _ = consume place
    }

    @Test("what waits keeps its place: the next one gets another")
    func waitingKeepsItsPlace() throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        try Self.leave(record, in: fixture)
        var other = try Spool(beside: fixture.path).reserve(wait: 0)
        try other.write(record)
        _ = consume other
        #expect(try Self.waiting(fixture) == [.record(record), .record(record)])
    }

    @Test("a spool that was moved away or replaced takes no record", arguments: [false, true])
    func movedAway(_ isReplaced: Bool) throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        var place = try Spool(beside: fixture.path).reserve(wait: 0)
        let path = fixture.path + ".spool"
        #expect(rename(path, path + ".away") == 0)
        if isReplaced { _ = try Spool(beside: fixture.path).reserve(wait: 0) }
        #expect(throws: VaultError.system(.open, path: path, errno: ESTALE)) { try place.write(record) }
    }

    @Test("a spool that was cut while it was used is one again with the next record", arguments: [0, 15])
    func cutMeanwhile(_ size: Int) throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        var place = try Spool(beside: fixture.path).reserve(wait: 0)
        #expect(truncate(fixture.path + ".spool", off_t(size)) == 0)
        try place.write(record)
        _ = consume place
        #expect(try Self.findings(fixture) == [.settled(.applied(connection: "member-1"))])
    }

    @Test("one that was overwritten takes no record")
    func overwritten() throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        var place = try Spool(beside: fixture.path).reserve(wait: 0)
        let path = fixture.path + ".spool"
        let file = open(path, O_RDWR)
        #expect(pwrite(file, "ADVAULT-SPOOL-2", 15, 0) == 15)
        close(file)
        #expect(throws: VaultError.system(.open, path: path, errno: ESTALE)) { try place.write(record) }
    }

    @Test("one that was cut to nothing holds up nobody")
    func empty() throws {
        let fixture = try VaultFixture.copy()
        try Self.leave(Self.record(fixture), in: fixture)
        #expect(truncate(fixture.path + ".spool", 0) == 0)
        #expect(try Self.findings(fixture).isEmpty)
        try Self.leave(Self.record(fixture), in: fixture)
        #expect(try Self.findings(fixture) == [.settled(.applied(connection: "member-1"))])
    }

    @Test("when every place is held the next one waits, and is told")
    func full() throws {
        let fixture = try VaultFixture.copy()
        _ = try Spool(beside: fixture.path).reserve(wait: 0)
        let file = try SpoolFile.openOrMake(fixture.path + ".spool")
        for place in 0..<Spool.places { #expect(try file.hold(place)) }
        #expect(throws: VaultError.busy(holder: nil, .spool)) {
            _ = try Spool(beside: fixture.path).reserve(wait: 0)
        }
        file.release(Spool.places - 1)
        var last = try Spool(beside: fixture.path).reserve(wait: 0)
        try last.write(Self.record(fixture))
        _ = consume last
        #expect(try Self.waiting(fixture).count == 1)
    }

    @Test("of another vault or another root key: kept, and said")
    func foreign() throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        let old = RecoveryRecord(
            vault: record.vault, generation: 7, row: record.row, head: record.head, body: record.body)
        try Self.leave(old, in: fixture)
        #expect(try Self.findings(fixture) == [.kept(.anotherGeneration(found: 7))])
        #expect(try Self.waiting(fixture) == [.record(old)])
    }

    @Test("each byte of a place flipped: nothing is applied, and what cannot be read is kept")
    func flipped() throws {
        let fixture = try VaultFixture.copy()
        let record = try Self.record(fixture)
        try Self.leave(record, in: fixture)
        let path = fixture.path + ".spool"
        let before = fixture.bytes()
        let size = 36 + record.text.utf8.count
        let file = open(path, O_RDWR)
        defer { close(file) }
        let locks = try VaultLocks.shared(beside: fixture.path, wait: 0)
        try fixture.unlock { (vault) throws(VaultError) in
            for index in 0..<size {
                var byte: UInt8 = 0
                let offset = off_t(Spool.firstPlace + index)
                pread(file, &byte, 1, offset)
                byte ^= 0x01
                pwrite(file, &byte, 1, offset)
                let outcomes = try vault.applyWaiting(under: locks, now: Self.later).map(\.outcome)
                #expect(outcomes == [.kept(.malformed)], "byte \(index)")
                byte ^= 0x01
                pwrite(file, &byte, 1, offset)
            }
        }
        #expect(fixture.bytes() == before)
        #expect(try Self.findings(fixture) == [.settled(.applied(connection: "member-1"))])
    }

    @Test(
        "a path that is no spool of ours is refused",
        arguments: ["symlink", "wide", "link", "text", "folder"])
    func hostilePath(_ kind: String) throws {
        let fixture = try VaultFixture.copy()
        let path = fixture.path + ".spool"
        let manager = FileManager.default
        switch kind {
        case "symlink": try manager.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null")
        case "folder": try manager.createDirectory(atPath: path, withIntermediateDirectories: false)
        default:
            _ = manager.createFile(
                atPath: path, contents: Data(kind == "text" ? "hello, spool".utf8 : "ADVAULT-SPOOL-1\n".utf8),
                attributes: [.posixPermissions: kind == "wide" ? 0o644 : 0o600])
            if kind == "link" { try manager.linkItem(atPath: path, toPath: path + "2") }
        }
        #expect(throws: VaultError.self) { _ = try Spool(beside: fixture.path).reserve(wait: 0) }
        #expect(throws: VaultError.self) { _ = try Self.waiting(fixture) }
    }

    @Test("what stands behind a cut-off place, and beyond the last one, is not taken for a record")
    func cutOff() throws {
        let fixture = try VaultFixture.copy()
        try Self.leave(Self.record(fixture), in: fixture)
        let path = fixture.path + ".spool"
        truncate(path, off_t(Spool.firstPlace + 900))
        #expect(try Self.findings(fixture) == [.kept(.malformed)])
        truncate(path, off_t(Spool.firstPlace + 3))
        #expect(try Self.findings(fixture).isEmpty)
        truncate(path, 16)
        #expect(try Self.findings(fixture).isEmpty)
        truncate(path, off_t(1 << 40))
        #expect(throws: VaultError.damaged(.limits)) { try fixture.unlock { (_) throws(VaultError) in } }
    }
}
