import Foundation
import Testing

/// The modes of what advault makes, and the owners and modes that it refuses, as an unprivileged user sees them.
@Suite("Files and folders")
struct CreatedFileTests {
    private static let advault = Unprivileged.prefix + "./advault "

    @Test("every file it makes is 0600 in folders of 0700, whatever the umask")
    func modes() throws {
        let scene = try Scene("--refresh rotating")
        try Unprivileged.prepare(scene.playground)
        for mask in ["000", "077", "777"] {
            for name in try FileManager.default.contentsOfDirectory(atPath: scene.vaultFolder)
            where name != "vault.db" {
                try FileManager.default.removeItem(atPath: scene.vaultFolder + "/" + name)
            }
            let state = scene.folder + "/home/.local/state"
            try FileManager.default.removeItem(atPath: state)
            try scene.must(
                "umask \(mask); export ADVAULT_NEW_PASSPHRASE='\(Playground.passphrase)'; "
                    + Self.advault + "init --vault new-\(mask)/deep/vault.db")
            let key = try scene.must("umask \(mask); \(Self.advault) key generate --out key-\(mask)").stdout
                .trimmingCharacters(in: .newlines)
            try scene.must("umask \(mask); \(Self.advault) app export acme --to \(key) --out app-\(mask)")
            try scene.must("umask \(mask); \(Self.advault) refresh one --force")
            let made = ["", "/vault.db", "/vault.db-shm", "/vault.db-wal", "/vault.db.lock"]
            try expect(made.map { scene.vaultFolder + $0 }, mask)
            try expect(["", "/advault", "/advault/anchor", "/advault/anchor.lock"].map { state + $0 }, mask)
            let new = scene.folder + "/new-\(mask)"
            let found = try FileManager.default.subpathsOfDirectory(atPath: new)
            #expect(found.contains("deep/vault.db"))
            let named = ["key-", "app-"].map { scene.folder + "/" + $0 + mask }
            try expect([new] + named + found.map { "\(new)/\($0)" }, mask)
        }
    }

    private func expect(_ paths: [String], _ mask: String) throws {
        for path in paths {
            var status = stat()
            try #require(lstat(path, &status) == 0, "\(path) is there")
            let mode: mode_t = status.st_mode & S_IFMT == S_IFDIR ? 0o700 : 0o600
            #expect(status.st_mode & 0o7777 == mode, "umask \(mask): \(path)")
            #expect(status.st_uid == Unprivileged.user, "umask \(mask): \(path)")
        }
    }

    @Test("other owners, wide modes, links and pipes are refused, and nothing is changed")
    func refusals() throws {
        let playground = try Playground()
        try playground.use(try Fixture.app.get())
        try Unprivileged.prepare(playground)
        let folder = playground.folder + "/home/.local/share/advault"
        var refusals: [(prepare: String, undo: String, words: String)] = [
            ("chmod 640 vault.db", "chmod 600 vault.db", "others may open"),
            ("chmod 602 vault.db", "chmod 600 vault.db", "others may open"),
            ("chmod 644 vault.db-wal", "chmod 600 vault.db-wal", "others may open"),
            ("chmod 750 .", "chmod 700 .", "is open to others"),
            ("chmod 701 .", "chmod 700 .", "is open to others"),
            ("ln vault.db other", "rm other", "more than one name"),
            ("mv vault.db real; ln -s real vault.db", "mv real vault.db", "symbolic link"),
            ("mv vault.db real; mkfifo -m 600 vault.db", "mv real vault.db", "not a regular file"),
        ]
        if Unprivileged.isRoot {
            refusals += [
                ("chown 0 vault.db", "chown 65534 vault.db", "belongs to another user"),
                ("chown 0 .; chmod 755 .", "chown 65534 .; chmod 700 .", "belongs to another user"),
            ]
        }
        func run(_ command: String) throws -> ChildProcess.Outcome {
            try ChildProcess.run(command, environment: playground.environment, terminal: false)
        }
        let listing = "stat -c '%n %a %u %h %s' . *; find . -type f -exec sha256sum {} +"
        for refusal in refusals {
            #expect(try run(Self.advault + "verify").status == 0, "before \(refusal.prepare)")
            #expect(try run("cd '\(folder)'; \(refusal.prepare)").status == 0)
            let before = try run("cd '\(folder)'; \(listing)").stdout
            for command in ["verify", "app list"] {
                let outcome = try run(Self.advault + command)
                #expect(outcome.status == 1, "\(refusal.prepare): \(command): \(outcome.stderr)")
                #expect(outcome.stderr.contains(refusal.words), "\(refusal.prepare): \(outcome.stderr)")
            }
            #expect(try run("cd '\(folder)'; \(listing)").stdout == before, "\(refusal.prepare)")
            #expect(try run("cd '\(folder)'; \(refusal.undo)").status == 0)
        }
        // A new vault in somebody else's folder.
        playground.set("ADVAULT_NEW_PASSPHRASE", Playground.passphrase)
        let outcome = try run(Self.advault + "init --vault /usr/vault.db")
        #expect(outcome.status == 1)
        #expect(outcome.stderr.contains("belongs to another user"), "\(outcome.stderr)")
    }
}
