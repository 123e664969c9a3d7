@testable import CredentialVault
import Foundation
import Testing

/// An anchor that cannot be read is not the same as none: it is refused. One that cannot be kept is said, no more.
@Suite("The anchor's file and folder")
struct AnchorFileTests {
    private let vault: VaultFixture
    private let machine: AnchorFixture

    init() throws {
        vault = try VaultFixture.copy()
        machine = try AnchorFixture()
        try vault.opens(machine.options)
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: VaultError.AnchorFault
        let make: @Sendable (String) throws -> Void
    }

    private static func text(_ name: String, _ change: @escaping @Sendable (String) -> String) -> Hostile {
        Hostile(testDescription: name, fault: .malformed) { file in
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let changed = change(text)
            guard changed != text else { throw CocoaError(.featureUnsupported) }
            try Data(changed.utf8).write(to: URL(fileURLWithPath: file))
            chmod(file, 0o600)
        }
    }

    private static func file(
        _ name: String, _ fault: VaultError.FileFault, _ make: @escaping @Sendable (String) -> Int32
    ) -> Hostile {
        Hostile(testDescription: name, fault: .file(fault)) { file in
            guard make(file) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
    }

    private static let texts = [
        text("empty") { _ in "" },
        text("cut off") { String($0.dropLast(3)) },
        text("without the last line end") { String($0.dropLast()) },
        text("something after it") { $0 + "\n" },
        text("another title") { $0.replacingOccurrences(of: "anchor 1", with: "anchor 2") },
        text("an unknown line") { $0 + "note 1\n" },
        text("a line twice") { $0 + $0.split(separator: "\n").last! + "\n" },
        text("no vault of a path") {
            $0.split(separator: "\n").filter { !$0.hasPrefix("vault") }.map { $0 + "\n" }.joined()
        },
        text("lines in another order") {
            let lines = $0.split(separator: "\n")
            return [lines[0], lines[2], lines[1]].map { $0 + "\n" }.joined()
        },
        text("a generation of 0") { $0.replacing(field: 2, with: "0") },
        text("a generation of 1,001") { $0.replacing(field: 2, with: "1001") },
        text("a generation with a sign") { $0.replacing(field: 2, with: "+1") },
        text("an epoch with a leading zero") { $0.replacing(field: 4, with: "05") },
        text("an epoch of 0") { $0.replacing(field: 4, with: "0") },
        text("an epoch out of range") { $0.replacing(field: 4, with: "9223372036854775808") },
        text("a newest epoch below the epoch") { $0.replacing(field: 6, with: "1") },
        text("a short root") { $0.replacing(field: 3, with: "00") },
        text("a long manifest") { $0.replacing(field: 5, with: String(repeating: "0", count: 66)) },
        text("upper case") { $0.replacing(field: 5, with: String(repeating: "A", count: 64)) },
        text("two spaces") { $0.replacingOccurrences(of: "vault ", with: "vault  ") },
        text("a path escaped without need") { $0.replacingOccurrences(of: "/vault.db", with: "/%76ault.db") },
        text("a path cut in its escape") { String($0.dropLast()) + "%4\n" },
        text("a path that is no UTF-8") { String($0.dropLast()) + "%ff\n" },
    ]

    private static let files = [
        file("a symbolic link", .symbolicLink) { rename($0, $0 + ".real") | symlink("anchor.real", $0) },
        file("a second name", .hardLinks) { link($0, $0 + ".other") },
        file("a pipe", .notRegular) { rename($0, $0 + ".real") | mkfifo($0, 0o600) },
        file("a folder", .folder) { rename($0, $0 + ".real") | mkdir($0, 0o700) },
        file("a file that others may read", .wideMode) { chmod($0, 0o640) },
        file("a file that others may write", .wideMode) { chmod($0, 0o602) },
        Hostile(testDescription: "over 1 MiB", fault: .tooLarge) { file in
            try Data(repeating: 0x20, count: AnchorTable.limit + 1).write(to: URL(fileURLWithPath: file))
            chmod(file, 0o600)
        },
    ]

    @Test(
        "is refused, changes nothing, and is moved aside when all is to be forgotten",
        arguments: texts + files)
    func hostile(_ hostile: Hostile) throws {
        let old = vault.whole()
        try vault.writeOnce(machine.options)
        try hostile.make(machine.file)
        let before = vault.bytes()
        for options in [machine.options, machine.accepting] {
            #expect(throws: VaultError.anchor(path: machine.file, hostile.fault)) { try vault.opens(options) }
        }
        #expect(throws: VaultError.anchor(path: machine.file, hostile.fault)) {
            _ = try Vault.create(
                at: vault.folder + "/new.db", slot: .machine(publicKey: vault.identity().publicKey),
                label: "cron",
                now: VaultFixture.now, anchor: machine.store)
        }
        #expect(try !vault.files().contains("new.db"))
        #expect(vault.bytes() == before)

        let aside = try #require(try machine.store.forget(path: vault.path).setAside)
        var status = stat()
        #expect(lstat(aside, &status) == 0, "nothing is deleted")
        try vault.put(old)
        try vault.opens(machine.options)
    }

    @Test("a folder that others write in, or that is not ours, is refused")
    func folders() throws {
        for mode: mode_t in [0o720, 0o702, 0o777] {
            chmod(machine.folder, mode)
            #expect(throws: VaultError.anchor(path: machine.folder, .file(.folderWideMode))) {
                try vault.opens(machine.options)
            }
            #expect(throws: VaultError.anchor(path: machine.folder, .file(.folderWideMode))) {
                _ = try machine.store.forget(path: vault.path)
            }
        }
        // As systemd makes a StateDirectory: others may look in.
        chmod(machine.folder, 0o755)
        try vault.opens(machine.options)
        // Root can give a folder away; whoever is not root has root's folders to look at.
        var foreign = "/usr"
        if geteuid() == 0 {
            foreign = machine.folder
            #expect(chown(foreign, 65534, 65534) == 0)
        }
        #expect(throws: VaultError.anchor(path: foreign, .file(.folderForeignOwner))) {
            try vault.opens(UnlockOptions(anchor: AnchorStore(folder: foreign)))
        }
    }

    @Test("a folder that cannot be made, or that nobody names, is said; the work is done")
    func unanchored() throws {
        #expect(FileManager.default.createFile(atPath: machine.base + "/file", contents: nil))
        let reasons: [(String?, VaultError)] = [
            (nil, .anchor(path: "", .noFolder)),
            (
                machine.base + "/file/advault",
                .system(.stat, path: machine.base + "/file/advault", errno: ENOTDIR)
            ),
            ("/proc/advault", .system(.mkdir, path: "/proc/advault", errno: ENOENT)),
        ]
        for (folder, reason) in reasons {
            var said: [VaultError] = []
            let options = UnlockOptions(anchor: AnchorStore(folder: folder))
            try Vault.withUnlocked(
                at: vault.path, with: .machine(vault.identity()), options: options,
                unanchored: { said.append($0) }
            ) { (vault) throws(VaultError) in
                try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            }
            #expect(said == [reason])
            let path = vault.folder + "/new-\(said.count)-\(folder?.count ?? 0).db"
            _ = try Vault.create(
                at: path, slot: .machine(publicKey: vault.identity().publicKey), label: "cron",
                now: VaultFixture.now, anchor: AnchorStore(folder: folder), unanchored: { said.append($0) })
            #expect(said == [reason, reason])
            try vault.opens(UnlockOptions(anchor: AnchorStore(folder: folder)))
        }
    }

    @Test("what a killed writer left beside is no obstacle")
    func left() throws {
        try Data("half".utf8).write(to: URL(fileURLWithPath: machine.file + ".new"))
        try vault.writeOnce(machine.options)
        #expect(try machine.anchor(of: vault)?.epoch == vault.header.epoch)
        #expect(!FileManager.default.fileExists(atPath: machine.file + ".new"))
    }

    @Test("while another holds the lock for longer than two seconds nothing is kept, and that is said")
    func busy() throws {
        let lock = try AnchorLock(in: machine.folder, wait: 0)
        let before = machine.bytes()
        var said: [VaultError] = []
        try Vault.withUnlocked(
            at: vault.path, with: .machine(vault.identity()), options: machine.options,
            unanchored: { said.append($0) }
        ) { (vault) throws(VaultError) in
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
        }
        #expect(said == [.busy(holder: nil)])
        #expect(machine.bytes() == before)
        _ = consume lock
    }

    @Test("any path comes back as it was")
    func paths() throws {
        let anchor = try #require(try machine.anchor(of: vault))
        var table = AnchorTable()
        table.keep(anchor)
        let paths = ["/a b/vault.db", "/a%20b", "/new\nline", "/é/名", "/tab\t\u{7F}", "/%", "relative"]
        for path in paths { table.keep(anchor.vault, at: path) }
        let read = AnchorTable(parsing: Array(table.text.utf8))
        #expect(read == table)
        #expect(read?.paths.count == paths.count)
        #expect(table.text.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
    }
}

extension String {
    /// Of the line that begins with `vault`.
    fileprivate func replacing(field: Int, with text: String) -> String {
        split(separator: "\n").map { line in
            guard line.hasPrefix("vault ") else { return line + "\n" }
            var fields = line.split(separator: " ").map(String.init)
            fields[field] = text
            return fields.joined(separator: " ") + "\n"
        }.joined()
    }
}
