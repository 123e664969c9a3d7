internal import HTTPTransport
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

    /// What was stored before is answered whatever ends the rest.
    func run(_ names: [String], in context: Context) throws {
        try Connect.check(names, app: app, in: context)
        var context = context
        context.key = context.key.keptForSeveral()
        let batch = BatchReport(asJSON: asJSON)
        var answers: [JSONValue] = []
        // The one object is written at the end: no signal may take it along.
        let signals = asJSON ? HeldSignals() : nil
        defer { signals?.release() }
        do {
            for (number, name) in names.enumerated() {
                if let signal = signals?.pending {
                    signals?.discard()
                    throw CommandError.interrupted(signal: signal)
                }
                if number > 0 { try waitForThePerson(name, "\(number + 1) of \(names.count)") }
                try connect(name, in: context, batch, &answers)
            }
        } catch {
            answer(answers, batch)
            throw error
        }
        answer(answers, batch)
        try batch.end()
    }

    private func connect(
        _ name: String, in context: Context, _ batch: BatchReport, _ answers: inout [JSONValue]
    ) throws(Explanation) {
        do throws(OperationError) {
            let report = try Connect.run(name, app: app, options, in: context)
            ConnectTeller(asJSON: asJSON, now: context.clock).tellAllBut(json: report, batch)
            answers.append(.object(report.members + [.init("error", .null)]))
        } catch {
            let explanation = explanation(error, name, context)
            answers.append(
                .object([.init("name", .string(name)), .init("error", .string(explanation.code))]))
            guard error.isOneConsents else { throw explanation }
            batch.failed(name, explanation)
        }
    }

    private func answer(_ answers: [JSONValue], _ batch: BatchReport) {
        if asJSON { batch.answer(JSON.text([.init("connections", .array(answers))])) }
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
    /// It befell one consent, and says nothing of the next. An app that is refused would burn each further member's
    /// consent; where tokens cannot be stored, the next ones could not either.
    var isOneConsents: Bool {
        switch self {
        case .oauth(let error), .exchange(let error): error.kind != .app
        case .listener(.interrupted, _): false
        case .network, .listener, .otherAccount, .accountUnknown, .connectionTaken: true
        default: false  // not of one consent: the vault, the key, the app, the settings
        }
    }
}
