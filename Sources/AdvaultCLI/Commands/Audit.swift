internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Print the journal: who did what, when, with which outcome; a key is not needed.",
        discussion: "Without a key only the chain of the events is checked; advault verify checks the rest.")

    @Option(help: .init("Only what happened within this time: 12h, 7d.", valueName: "span"))
    var since: String?

    @Option(help: .init("Only this connection; the ID of one that is gone.", valueName: "name"))
    var connection: String?

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let context = try vault.context()
        var filter = Audit.Filter(connection: connection)
        if let since { filter.since = context.clock() - (try TimeSpan.parse(since)) }
        let teller = AuditTeller(asJSON: vault.json)
        let span = try Audit.run(filter, in: context, begin: teller.begin, each: teller.tell)
        try teller.end(span)
        if let seq = span.brokenAt { throw VaultError.damaged(.chain(seq: seq)) }
        guard !vault.json else { return }
        let count = Count.words(Int(span.nextSeq - span.firstSeq), "event")
        Output.notice("the chain of \(count) holds; without a key nothing else is checked")
        Output.line("hint: advault verify checks that the journal is this vault's")
    }
}

/// Prints events as they come, a piece at a time: a journal may hold 100,000.
private final class AuditTeller {
    private let asJSON: Bool
    private var waiting = ""
    private var isFirst = true
    private var width = 3
    /// Why the answer could not be written; what comes after it is dropped.
    private var lost: CommandError?

    init(asJSON: Bool) { self.asJSON = asJSON }

    func begin(_ header: VaultHeader?, _ labels: [String]) {
        if asJSON {
            let vault = header.map { $0.json(verified: false) } ?? .null
            waiting = "{\"schema\":1,\"vault\":\(vault.encoded()),\"events\":["
        } else {
            width = labels.map { Printable.bare($0).count }.reduce(3, max)
            waiting = row("TIME", "KEY", "OPERATION", "OUTCOME", "CONNECTION")
        }
    }

    func tell(_ entry: Audit.Entry) {
        if asJSON {
            waiting += (isFirst ? "" : ",") + entry.json.encoded()
            isFirst = false
        } else {
            waiting += row(
                Timestamp.text(entry.at), entry.slot.words, entry.operation.rawValue, entry.outcome.rawValue,
                entry.connection.words)
        }
        if waiting.utf8.count > 32 << 10 { write() }
    }

    func end(_ span: JournalSpan) throws(CommandError) {
        if asJSON {
            let chain = JSONValue.object([
                .init("holds", .bool(span.brokenAt == nil)), .init("first_seq", .integer(span.firstSeq)),
                .init("next_seq", .integer(span.nextSeq)),
                .init("broken_at", span.brokenAt.map { .integer($0) } ?? .null),
            ])
            waiting += "],\"chain\":\(chain.encoded())}\n"
        }
        write()
        if let lost { throw lost }
    }

    /// The widest time has 20 characters, operation 14, outcome 11; the ID of a key that is gone may stand out.
    private func row(_ time: String, _ key: String, _ operation: String, _ outcome: String, _ name: String)
        -> String
    {
        [pad(time, 20), pad(key, width), pad(operation, 14), pad(outcome, 11), name].joined(separator: "  ")
            + "\n"
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func write() {
        if lost == nil {
            do throws(CommandError) { try Output.answer(raw: waiting) } catch { lost = error }
        }
        waiting = ""
    }
}

extension Audit.Named? {
    fileprivate var words: String {
        switch self {
        case .known(let name): Printable.bare(name)
        case .gone(let id): id
        case nil: "-"
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .known(let name): .object([.init("name", .string(name)), .init("id", .null)])
        case .gone(let id): .object([.init("name", .null), .init("id", .string(id))])
        case nil: .null
        }
    }
}

extension Audit.Entry {
    fileprivate var json: JSONValue {
        .object([
            .init("seq", .integer(seq)), .init("at", .time(at)), .init("slot", slot.json),
            .init("operation", .string(operation.rawValue)), .init("connection", connection.json),
            .init("outcome", .string(outcome.rawValue)),
        ])
    }
}
