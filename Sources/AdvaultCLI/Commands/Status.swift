internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say which connections need somebody; for people, cron, Nagios and Prometheus.",
        discussion: """
            The vault stays locked, so a key is not needed and what is shown is not verified. Nothing is asked of a \
            provider: advault test does that.

            Exit code: 0 ok, 1 warning (somebody has to do something in time), 2 critical (a connection works no \
            more, or the vault is damaged), 3 unknown.
            """)

    @OptionGroup var filter: FilterOptions

    @Option(
        help: .init(
            "Warn when a consent, or an access token that is renewed by hand, ends within this time; else 30d, and "
                + "by hand a quarter of the token's lifetime.", valueName: "time"))
    var within: String?

    @Flag(help: "Say nothing when all is well.")
    var quiet = false

    @Flag(help: "Print metrics for Prometheus instead, and end with 0.")
    var metrics = false

    @Option(
        help: .init(
            "Write them to this file instead, which node_exporter's textfile collector reads; replaced whole.",
            valueName: "path"))
    var metricsFile: String?

    @OptionGroup var vault: VaultOptions

    func run() throws {
        try refuseWhatExcludes()
        let within = try within.map { (text) throws(CommandError) in try TimeSpan.parse(text) }
        let report = try Status.run(filter.filter(), within: within, in: vault.context())
        if let metricsFile, metricsFile != "-" {
            return try MetricsFile.write(Metrics.text(report), to: metricsFile)
        }
        if metrics || metricsFile != nil { return try Output.answer(raw: Metrics.text(report)) }
        if vault.json {
            try JSON.answer(report.members(within: within))
        } else if !quiet || report.severity != .ok {
            try Output.answer(report.lines.joined(separator: "\n"))
        }
        if report.severity != .ok { throw Finished(ownStatus: report.severity.status) }
    }

    private func refuseWhatExcludes() throws(CommandError) {
        let forms = [
            vault.json ? "--json" : nil, metrics ? "--metrics" : nil,
            metricsFile == nil ? nil : "--metrics-file",
        ].compactMap(\.self)
        if forms.count > 1 { throw .argument(.exclusive(forms[0], forms[1])) }
        if quiet, let form = forms.first { throw .argument(.exclusive("--quiet", form)) }
    }
}

extension Status.Severity {
    /// The exit code, as plugins of Nagios and Icinga end.
    var status: Int32 {
        switch self {
        case .ok: 0
        case .warning: 1
        case .critical: 2
        case .unknown: 3
        }
    }
}
