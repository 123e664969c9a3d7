import AdvaultCLI
import Foundation
import Secrets
import Testing

@Suite("Where keys come from", .serialized)
struct KeySourceTests {
    private let context = CommandContext(
        secrets: .none(), variable: { $0 == "PATH" ? "/usr/bin:/bin" : nil }, now: { 0 })

    /// What a closure throws, where a secret that it might return cannot be held by `#expect`.
    private func failure(_ body: () throws(CommandError) -> SecretBytes) -> CommandError? {
        do { _ = try body() } catch { return error }
        return nil
    }

    @Test("A command that takes too long is ended together with what it started")
    func timeLimit() throws {
        let playground = try Playground()
        let helper = playground.folder + "/helper"
        let command = try KeyCommand(
            "sh -c 'sleep 300 & echo $! >\(helper).new; mv \(helper).new \(helper); wait'",
            source: "--key-command")
        // Long enough for a shell to start, however busy the machine is: what it did tells.
        for seconds in [1, 2, 4, 8, 16] where FileManager.default.contents(atPath: helper) == nil {
            let error = failure { () throws(CommandError) in
                try command.read(.old, context, within: .seconds(seconds))
            }
            #expect(error == .command(source: "--key-command", .timedOut))
        }
        let text = try #require(FileManager.default.contents(atPath: helper))
        let pid = try #require(pid_t(String(decoding: text, as: UTF8.self).filter(\.isNumber)))
        let isGone = reached { ProcessView(pid: pid).hasEnded }
        #expect(isGone)
    }

    @Test("A link of another user's is not followed, wherever it stands in the path")
    func foreignLink() throws {
        // Only root can give a link away; as anybody else there is none to make.
        guard Unprivileged.isRoot else { return }
        let playground = try Playground()
        try playground.write("keys/machine.key", 0o600, "a secret")
        let folder = playground.folder
        for (link, target, path) in [
            ("last.key", "keys/machine.key", "last.key"), ("folder", "keys", "folder/machine.key"),
        ] {
            let place = folder + "/" + link
            try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: target)
            let own = failure { () throws(CommandError) in try SecretFile.read(folder + "/" + path, limit: 64)
            }
            #expect(own == nil)
            #expect(lchown(place, 65534, 65534) == 0)
            let foreign = failure { () throws(CommandError) in
                try SecretFile.read(folder + "/" + path, limit: 64)
            }
            #expect(foreign == .secretFile(path: folder + "/" + path, .foreignLink(name: link)))
        }
    }

    @Test("--generate shows a passphrase on the terminal alone, and it opens the vault")
    func generated() throws {
        let playground = try Playground()
        let made = try ChildProcess.run(
            "advault init --generate --kdf-cost 15", environment: playground.environment, terminal: true,
            reactions: [.init(text: "press Enter", act: .type("\r"))])
        #expect(made.status == 0, "\(made.stderr)")
        let form = /[02-9ac-hj-np-z]{4}(-[02-9ac-hj-np-z]{4}){5}/
        let found = made.terminal.matches(of: form)
        #expect(found.count == 1)
        let passphrase = try #require(found.first).output.0
        #expect(!made.stdout.contains(passphrase) && !made.stderr.contains(passphrase))
        playground.set("ADVAULT_PASSPHRASE", String(passphrase))
        let opened = try ChildProcess.run(
            "advault verify", environment: playground.environment, terminal: false)
        #expect(opened.status == 0, "\(opened.stderr)")
    }

    @Test("Ctrl-C where --generate waits makes nothing")
    func generatedAndLeft() throws {
        let playground = try Playground()
        let left = try ChildProcess.run(
            "advault init --generate", environment: playground.environment, terminal: true,
            reactions: [.init(text: "press Enter", act: .type("\u{03}"))])
        #expect(left.status == 130)
        #expect(playground.vaultBytes().isEmpty)
    }
}
