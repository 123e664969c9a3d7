internal import CredentialVault
internal import Operations

/// What `status` knows, in Prometheus' text exposition format 0.0.4: families in one piece, a line end at the end.
enum Metrics {
    /// What every text begins with.
    static let beginning = "# HELP advault_"

    static func text(_ report: Status.Report) -> String {
        families(report).filter { !$0.samples.isEmpty }.map(\.text).joined()
    }

    private static func families(_ report: Status.Report) -> [Family] {
        let rows = report.rows
        let id = ("vault_id", report.vault.id.text)
        return [
            Family("advault_vault_info", "The vault that was read, unverified.", [([id], 1)]),
            Family(
                "advault_vault_generation", "How often the vault's root key was replaced, plus one.",
                [([], report.vault.generation)]),
            Family("advault_status_timestamp_seconds", "When the vault was read.", [([], report.at)]),
            Family(
                "advault_connection_info", "What a connection is.",
                rows.map { row in
                    let one = row.connection
                    return (
                        [
                            ("connection", one.name), ("provider", one.provider), ("app", one.app),
                            ("renewal", one.renewal.rawValue), ("tags", one.tags.joined(separator: ",")),
                        ], 1
                    )
                }),
            Family(
                "advault_connection_state", "1 for the state that a connection is in, 0 for the others.",
                rows.flatMap { row in
                    ShownState.allCases.map { state in
                        (
                            [("connection", row.connection.name), ("state", state.rawValue)],
                            row.connection.state == state ? 1 : 0
                        )
                    }
                }),
            Family(
                "advault_connection_status",
                "0 ok, 1 warning, 2 critical, 3 unknown, as advault status ends.",
                rows.map { ([("connection", $0.connection.name)], Int64($0.severity.status)) }),
            Family(
                "advault_connection_last_error",
                "1 for what the last refresh or test found; absent: nothing.",
                rows.compactMap { row in
                    row.connection.lastError.map {
                        ([("connection", row.connection.name), ("error", $0.rawValue)], 1)
                    }
                }),
            times(
                rows, "advault_access_expires_timestamp_seconds",
                "When the access token ends; absent: unknown.", \.accessExpiresAt),
            times(
                rows, "advault_consent_expires_timestamp_seconds",
                "When the member's consent ends; absent: unknown, or renewed by hand.", \.refreshExpiresAt),
            times(
                rows, "advault_consented_timestamp_seconds", "When the member last consented.", \.consentedAt),
            times(
                rows, "advault_refreshed_timestamp_seconds",
                "When the access token was last refreshed; absent: not yet.", \.refreshedAt),
        ]
    }

    private static func times(
        _ rows: [Status.Row], _ name: String, _ help: String, _ time: (ConnectionReport) -> Int64?
    ) -> Family {
        Family(
            name, help,
            rows.compactMap { row in
                time(row.connection).map { ([("connection", row.connection.name)], $0) }
            })
    }

    /// One metric with all its samples; every one of them is a gauge.
    private struct Family {
        let name: String
        let help: String
        let samples: [(labels: [(String, String)], value: Int64)]

        init(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: Int64)]) {
            (self.name, self.help, self.samples) = (name, help, samples)
        }

        var text: String {
            let lines = samples.map { labels, value in
                let pairs = labels.map { "\($0)=\"\(Metrics.escaped($1))\"" }.joined(separator: ",")
                return name + (pairs.isEmpty ? "" : "{\(pairs)}") + " \(value)\n"
            }
            return "# HELP \(name) \(help)\n# TYPE \(name) gauge\n" + lines.joined()
        }
    }

    /// A label's value: what a terminal could obey is shown as everywhere, then backslash and quote as the format
    /// wants them. No line end is left after the first.
    private static func escaped(_ text: String) -> String {
        Printable.bare(text, limit: 1_024).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
