internal import OAuthCore
internal import Operations

/// `connect`: one consent after the other, each stored and tested before the next.
struct ConnectInTurn {
    let app: String?
    let options: Connect.Options
    let asJSON: Bool

    func runAlone(_ name: String, in context: Context) throws {
        let report: Connect.Report
        do throws(OperationError) { report = try Connect.run(name, app: app, options, in: context) } catch {
            throw explanation(error, name, context)
        }
        let batch = BatchReport(asJSON: asJSON)
        ConnectTeller(asJSON: asJSON, now: context.clock).tell(report, batch)
        try batch.end()
    }

    func run(_ names: [String], in context: Context) throws {
        try Connect.check(names, app: app, in: context)
        var context = context
        context.key = context.key.keptForSeveral()
        let batch = BatchReport(asJSON: asJSON)
        let teller = ConnectTeller(asJSON: asJSON, now: context.clock)
        var answers: [JSONValue] = []
        // What is stored is answered, whatever ends the rest.
        defer { if asJSON { batch.answer(JSON.text([.init("connections", .array(answers))])) } }
        for (number, name) in names.enumerated() {
            if number > 0 { try waitForThePerson(name, "\(number + 1) of \(names.count)") }
            answers.append(try connect(name, teller, batch, context))
        }
        try batch.end()
    }

    /// - Throws: what the next member's consent would meet too.
    private func connect(
        _ name: String, _ teller: ConnectTeller, _ batch: BatchReport, _ context: Context
    ) throws -> JSONValue {
        do throws(OperationError) {
            let report = try Connect.run(name, app: app, options, in: context)
            teller.tellAllBut(json: report, batch)
            return .object(report.members + [.init("error", .null)])
        } catch {
            let explanation = explanation(error, name, context)
            guard error.isOneConsents else { throw explanation }
            batch.failed(name, explanation)
            return .object([.init("name", .string(name)), .init("error", .string(explanation.code))])
        }
    }

    /// Its hint names the app, the only one where none was named.
    private func explanation(_ error: OperationError, _ name: String, _ context: Context) -> Explanation {
        let apps = (try? AppList.run(in: context).apps) ?? []
        let only = apps.count == 1 ? apps[0].name : nil
        return Explanation(error, connection: name, app: app ?? only, isNew: true)
    }

    /// The provider remembers who is logged in, and would connect that member once more without a question.
    private func waitForThePerson(_ name: String, _ place: String) throws(CommandError) {
        let shown = Printable.quoted(name)
        Output.notice("next, \(place): \(shown); log in at the provider as its member")
        switch Terminal() {
        case .some(let terminal): try terminal.waitForEnter("Press Enter to go on with \(shown): ")
        case .none: break
        }
    }
}

extension OperationError {
    /// It befell one consent, and says nothing of the next.
    fileprivate var isOneConsents: Bool {
        switch self {
        // An app that is refused would waste the next member's consent too.
        case .oauth(let error), .exchange(let error): error.kind != .app
        case .network, .listener, .otherAccount, .accountUnknown, .connectionTaken: true
        default: false  // not of one consent: the vault, the disk, the key, the app, the settings
        }
    }
}
