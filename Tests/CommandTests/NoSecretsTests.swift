import Foundation
import Sandbox
import Testing

/// Every secret, in every form that `Needle` knows, searched for in all that a run leaves or shows.
@Suite("No secret anywhere")
struct NoSecretsTests {
    /// What is searched, by the name of its place.
    private final class Evidence {
        var pieces: [(place: String, data: Data)] = []

        func add(_ place: String, _ text: String) { pieces.append((place, Data(text.utf8))) }
        func add(_ place: String, _ data: Data) { pieces.append((place, data)) }

        func findings(_ needles: [Needle]) -> [String] {
            var search = Search(needles)
            for (place, data) in pieces { search.data(data, called: place) }
            return search.findings
        }
    }

    @Test("not in the folder, the output, the arguments or the environment, while it runs or after")
    func nowhere() throws {
        let scene = try Scene("--refresh rotating", connected: false)
        let evidence = Evidence()
        // A person's passphrase for the one, cron's key for the rest.
        let asPerson = "exec env -u ADVAULT_KEY_FILE ADVAULT_PASSPHRASE='\(Playground.passphrase)' "
        let asCron = "exec env -u ADVAULT_KEY_FILE ADVAULT_KEY=\"$(cat machine.key)\" "
        try look(asPerson + Scene.connect, "connect", at: "token", scene, evidence, Scene.visit)
        try look(asCron + "advault refresh one --force", "refresh", at: "token", scene, evidence)
        try look(asCron + "advault test one", "test", at: "introspect", scene, evidence)
        try scene.makeDue()
        try look(asCron + "advault exec one -- true", "exec", at: "token", scene, evidence)
        try scene.makeDue()
        let said = try look(
            asCron + "advault token one", "token", at: "token", scene, evidence, keepsOutput: false)
        try folder(scene, "at the end", evidence)

        let token = try #require(try scene.sandbox.issued("access"))
        #expect(said.stdout == token + "\n", "the one that token prints, once")
        let needles = try needles(scene)
        #expect(evidence.findings(needles) == [])

        // The search is not blind: what may be seen is found, and so is the token where it was printed.
        let clientID = try #require(scene.playground.environment["CLIENT_ID"])
        let seen = evidence.findings(Needle.all(of: Array(clientID.utf8), called: "client ID"))
        #expect(seen.contains("at the end/vault.db: client ID, raw"))
        #expect(geteuid() != 0 || seen.contains("refresh environ: client ID, raw"))
        #expect(
            evidence.findings(Needle.all(of: Array("refresh\0one".utf8), called: "")) == [
                "refresh cmdline: , raw"
            ])
        let printed = Evidence()
        printed.add("stdout", said.stdout)
        #expect(printed.findings(needles).contains { $0.hasSuffix("access issued, raw") })
    }

    @Test("not in the file of an app that is handed over, nor in what its commands say")
    func handedOver() throws {
        let scene = try Scene("", connected: false)
        let evidence = Evidence()
        try scene.must("advault key generate --out once.key >once.pub")
        for command in [
            "advault app export acme --to $(cat once.pub) --out acme.app",
            "advault app export acme --to $(cat once.pub)",
            "advault app export acme --to $(cat once.pub) --json",
            "advault app import acme.app --name other --app-key-file once.key",
            "advault app import acme.app --into other --app-key-file once.key --json",
        ] {
            let outcome = try scene.must(command)
            evidence.add("\(command) stdout", outcome.stdout)
            evidence.add("\(command) stderr", outcome.stderr)
        }
        let line = try scene.text("acme.app")
        evidence.add("acme.app", line)
        let encoded = line.dropFirst("ADVAULT-APP-1 ".count).replacing("-", with: "+").replacing(
            "_", with: "/")
        let padding = String(repeating: "=", count: (4 - encoded.count % 4) % 4)
        evidence.add("acme.app, decoded", try #require(Data(base64Encoded: encoded + padding)))
        try folder(scene, "after", evidence)
        let secrets = [
            ("client secret", scene.clientSecret), ("machine key", scene.machineKey),
            ("once.key", try scene.text("once.key")),
        ]
        let needles = secrets.flatMap { Needle.all(of: Array($0.1.utf8), called: $0.0) }
        #expect(evidence.findings(needles) == [])

        // The search is not blind.
        let clientID = try #require(scene.playground.environment["CLIENT_ID"])
        let seen = evidence.findings(Needle.all(of: Array(clientID.utf8), called: "client ID"))
        #expect(seen.contains("acme.app, decoded: client ID, raw"))
    }

    /// Runs a command whose request is held back, and looks around meanwhile.
    @discardableResult
    private func look(
        _ command: String, _ name: String, at endpoint: String, _ scene: Scene, _ evidence: Evidence,
        _ reactions: [ChildProcess.Reaction] = [], keepsOutput: Bool = true
    ) throws -> ChildProcess.Outcome {
        let child = try scene.heldBack(command, at: endpoint, reactions: reactions)
        let process = ProcessView(pid: child.pid)
        #expect(process.text("comm") == "advault\n")
        evidence.add("\(name) cmdline", try #require(process.file("cmdline")))
        // Not dumpable: only root may read it.
        let environ = process.file("environ")
        #expect((environ != nil) == (geteuid() == 0))
        evidence.add("\(name) environ", environ ?? Data())
        try folder(scene, name, evidence)
        try scene.sandbox.release()
        let outcome = child.finish()
        #expect(outcome.status == 0, "\(name): \(outcome.stderr)")
        if keepsOutput { evidence.add("\(name) stdout", outcome.stdout) }
        evidence.add("\(name) stderr", outcome.stderr)
        return outcome
    }

    private func folder(_ scene: Scene, _ moment: String, _ evidence: Evidence) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.vaultFolder).sorted()
        // The spool is there from the first refresh on, and is searched like the others.
        let others = names.filter { $0 != "vault.db.spool" }
        #expect(others == ["vault.db", "vault.db-shm", "vault.db-wal", "vault.db.lock"], "\(moment)")
        for name in try FileManager.default.subpathsOfDirectory(atPath: scene.vaultFolder) {
            let url = URL(fileURLWithPath: scene.vaultFolder + "/" + name)
            evidence.add("\(moment)/\(name)", try Data(contentsOf: url))
        }
    }

    private func needles(_ scene: Scene) throws -> [Needle] {
        let keyBytes = try #require(MachineKeyText.bytes(scene.machineKey))
        #expect(keyBytes.count == 32)
        var secrets: [(String, [UInt8])] = [
            ("passphrase", Array(Playground.passphrase.utf8)),
            ("client secret", Array(scene.clientSecret.utf8)),
            ("machine key", Array(scene.machineKey.utf8)), ("machine key's bytes", keyBytes),
        ]
        let log = try scene.sandbox.log()
        for kind in ["code", "access", "refresh"] {
            #expect(log.contains { $0.kind == kind && $0.token != nil })
        }
        secrets += Dictionary(
            log.compactMap { entry in entry.token.map { ($0, "\(entry.kind) \(entry.event)") } }
        ) { first, _ in first }.map { ($0.value, Array($0.key.utf8)) }
        return secrets.flatMap { Needle.all(of: $0.1, called: $0.0) }
    }
}
