internal import CredentialVault
internal import OAuthCore
internal import Operations
internal import Providers

/// What a new generation left: who keeps access, what a key that is gone could read, and what to do about each.
struct RekeyLines {
    enum Verb: String { case removed, changed, rotated }

    private let report: Rekey.Report
    /// The provider's page where members end grants, by provider.
    private let pages: [String: String]
    private var isPlan: Bool { report.tidying == nil }
    private var generation: Int64 { report.vault.generation + (isPlan ? 1 : 0) }

    init(_ report: Rekey.Report, _ context: Context) {
        self.report = report
        var pages: [String: String] = [:]
        for entry in ProviderList.run(in: context) { pages[entry.name] = entry.profile?.consentPage?.text }
        self.pages = pages
    }

    func tell(_ verb: Verb, asJSON: Bool) throws(CommandError) {
        if asJSON {
            try JSON.answer(
                .init("vault", report.vault.json(verified: true)), .init("dry_run", .bool(isPlan)),
                .init("generation", .integer(generation)), .init("used_slot", .string(report.usedSlot)),
                .init("slots", .array(report.keepers.map(\.json))), .init("outgoing", outgoingJSON))
        } else {
            try Output.answer(([headline(verb)] + keepers + outgoing).joined(separator: "\n"))
        }
        if case .postponed = report.tidying {
            Output.notice(
                "pages of the former generation are still in the file, readable with a former key alone")
            Output.line("hint: when nobody uses the vault: advault key rotate")
        }
    }

    // MARK: Words

    private func headline(_ verb: Verb) -> String {
        let name = report.outgoing.map { Printable.bare($0.label) } ?? "root key"
        let isGoingInUse = verb == .removed && report.outgoing?.isInUse == true
        let warning = isGoingInUse ? "\nit is the key that you are using; without --yes that is asked" : ""
        guard isPlan else {
            return
                "\(name): \(verb.rawValue); the vault is at generation \(generation), every row sealed anew"
        }
        return "\(name): would be \(verb.rawValue), and the vault be at generation \(generation); "
            + "nothing was changed" + warning
    }

    private var keepers: [String] {
        var table = Table("LABEL", "KIND", "CREATED", "")
        for slot in report.keepers {
            table.add(
                Printable.bare(slot.label), slot.kind.rawValue, Timestamp.date(slot.createdAt),
                isPlan && slot.label == report.usedSlot ? "in use" : "")
        }
        let rows = table.text.split(separator: "\n").dropFirst().map { "  " + $0 }
        return [isPlan ? "who would keep access:" : "who keeps access:"] + rows
    }

    private var outgoing: [String] {
        guard let key = report.outgoing else { return [] }
        var table = Table("", "")
        for app in key.apps {
            table.add("app \(Printable.bare(app.name))", "a new secret at the provider, then: \(next(app))")
        }
        for connection in key.connections {
            table.add(
                "connection \(Printable.bare(connection.name))",
                "\(end(connection)), then: \(next(connection))")
        }
        let rows = table.text.split(separator: "\n", omittingEmptySubsequences: true).map { "  " + $0 }
        guard !rows.isEmpty else {
            return ["the former key could read no app and no connection: there is none"]
        }
        return ["whoever has the former key and an old copy of the file knows these; replace them:"] + rows
    }

    private func end(_ connection: Rekey.OutgoingKey.Connection) -> String {
        guard let page = pages[connection.provider] else {
            return "the member ends the grant at the provider"
        }
        return "the member ends the grant at \(Printable.bare(page))"
    }

    private func next(_ app: Rekey.OutgoingKey.App) -> String {
        "advault app set-secret \(Printable.argument(app.name))"
    }

    private func next(_ connection: Rekey.OutgoingKey.Connection) -> String {
        "advault reconnect \(Printable.argument(connection.name))"
    }

    // MARK: JSON

    private var outgoingJSON: JSONValue {
        guard let key = report.outgoing else { return .null }
        return .object([
            .init("label", .string(key.label)), .init("kind", .string(key.kind.rawValue)),
            .init("in_use", .bool(key.isInUse)),
            .init(
                "apps",
                .array(
                    key.apps.map { app in
                        .object([
                            .init("name", .string(app.name)), .init("provider", .string(app.provider)),
                            .init("next", .string(next(app))),
                        ])
                    })),
            .init(
                "connections",
                .array(
                    key.connections.map { connection in
                        .object([
                            .init("name", .string(connection.name)), .init("app", .string(connection.app)),
                            .init("provider", .string(connection.provider)),
                            .init("consent_page", .text(pages[connection.provider])),
                            .init("next", .string(next(connection))),
                        ])
                    })),
        ])
    }
}
