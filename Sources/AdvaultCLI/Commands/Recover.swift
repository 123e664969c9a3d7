internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations

struct RecoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Store new tokens that were received and could not be stored.",
        discussion: """
            Without FILE it stores what waits in the spool beside the vault, and in files advault-*.recovery beside it, in \
            the state folder or in one for temporary files, as the next command that changes the vault does by itself. \
            FILE holds lines that begin with ADVAULT-RECOVERY-1, and may be a log; - reads them from stdin. Such a line \
            is sealed: it opens with the vault's keys alone.
            """)

    @Argument(help: .init("A file with recovery records, or -.", valueName: "file"))
    var file: String?

    @Flag(help: "Throw away what waits and can never be stored.")
    var discard = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let text = try file.map { try RecordFile.read($0) }
        let report = try Recover.run(text, discarding: discard, in: context)
        let batch = BatchReport(asJSON: vault.json)
        for recovery in report.records { tell(recovery, batch) }
        for waiting in report.waiting { tell(waiting, batch) }
        if vault.json {
            let rows =
                report.records.map { Self.json("input", nil, $0) } + report.waiting.map(Self.json)
            batch.answer(JSON.text([.init("records", .array(rows))]))
        } else if report.records.isEmpty && report.waiting.isEmpty {
            batch.answer("nothing waits")
        }
        try batch.end()
    }

    private func tell(_ recovery: OpenVault.Recovery, _ batch: BatchReport) {
        switch recovery {
        case .applied(let name): say("\(Printable.bare(name)): what had been received is stored", batch)
        case .stored(let name):
            say(
                "\(Printable.bare(name)): its tokens stand in the vault already; the record is not needed",
                batch)
        case .stale(let name):
            say("\(Printable.bare(name)): has newer tokens; the record is not needed", batch)
        case .refused(let fault): batch.failed(nil, Explanation(fault))
        }
    }

    private func tell(_ waiting: OpenVault.WaitingRecord, _ batch: BatchReport) {
        let place = RecoveryWords.place(waiting.path)
        switch waiting.outcome {
        case .settled(let recovery): tell(recovery, batch)
        case .discarded(let fault):
            say("a record in \(place) was thrown away: \(Explanation(fault).what)", batch)
        case .kept(let fault):
            var explanation = Explanation(fault)
            explanation.what = "a record stays in \(place): " + explanation.what
            explanation.next =
                if let path = waiting.path, fault == .malformed {
                    "see whether it holds records: advault recover \(Printable.argument(path)); if not, remove it"
                } else { "throw away what can never be stored: advault recover --discard" }
            batch.failed(nil, explanation)
        case .failed(let name, let error):
            var explanation = Explanation(VaultError.RecoveryFault.waiting(connection: name))
            explanation.what += ": " + Explanation(error).what
            batch.failed(nil, explanation)
        }
    }

    private func say(_ line: String, _ batch: BatchReport) {
        if !vault.json { batch.answer(line) }
    }

    private static func json(_ waiting: OpenVault.WaitingRecord) -> JSONValue {
        let (source, path) = (waiting.path == nil ? "spool" : "file", waiting.path)
        return switch waiting.outcome {
        case .settled(let recovery): json(source, path, recovery)
        case .kept(let fault): row(source, path, "kept", nil, Explanation(fault).code)
        case .discarded(let fault): row(source, path, "discarded", nil, Explanation(fault).code)
        case .failed(let name, let error): row(source, path, "failed", name, Explanation(error).code)
        }
    }

    private static func json(
        _ source: String, _ path: String?, _ recovery: OpenVault.Recovery
    ) -> JSONValue {
        switch recovery {
        case .applied(let name): row(source, path, "applied", name)
        case .stored(let name): row(source, path, "stored", name)
        case .stale(let name): row(source, path, "stale", name)
        case .refused(let fault): row(source, path, "refused", nil, Explanation(fault).code)
        }
    }

    private static func row(
        _ source: String, _ path: String?, _ outcome: String, _ connection: String?, _ error: String? = nil
    ) -> JSONValue {
        .object([
            .init("source", .string(source)), .init("path", .text(path)), .init("outcome", .string(outcome)),
            .init("connection", .text(connection)), .init("error", .text(error)),
        ])
    }
}
