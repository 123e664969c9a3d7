package import CredentialVault
internal import OAuthCore

/// `status`: whether somebody has to do something, and what. The vault stays locked, so nothing here is verified.
package enum Status {
    /// In the order of their weight.
    package enum Severity: String, Equatable, Sendable, CaseIterable, Comparable {
        case ok
        /// What should be known is not.
        case unknown
        /// Somebody has to do something in time.
        case warning
        /// It works no more.
        case critical

        private var weight: Int {
            switch self {
            case .ok: 0
            case .unknown: 1
            case .warning: 2
            case .critical: 3
            }
        }

        package static func < (one: Severity, other: Severity) -> Bool { one.weight < other.weight }
    }

    package struct Row: Equatable, Sendable {
        package let connection: ConnectionReport
        /// The weightiest first; empty: all is well.
        package let reasons: [Reason]
        package var severity: Severity { reasons.first?.severity ?? .ok }
    }

    package struct Report: Equatable, Sendable {
        package let vault: VaultHeader
        /// By name.
        package let rows: [Row]
        /// When it was looked, Unix seconds.
        package let at: Int64
        /// Of the weightiest connection; `.ok` for none.
        package var severity: Severity { rows.map(\.severity).max() ?? .ok }
    }

    /// A consent that ends within so many seconds is warned of.
    package static let standardWithin: Int64 = 30 * 86_400

    /// - Parameter within: nil: 30 days for a consent, and a quarter of its lifetime for an access token that is
    ///   renewed by hand, since that may live no longer than 60 days.
    package static func run(
        _ filter: Filter = .init(), within: Int64?, in context: Context
    ) throws(OperationError) -> Report {
        let locked = try context.readLocked()
        let now = context.clock()
        let rows = try filter.rows(in: locked, now: now).map { row in
            let app = locked.apps.first { $0.id == row.appID }
            let profile = app.flatMap { try? context.profile(named: $0.provider) }
            let reasons = Reason.all(of: row, profile, within: within, now: now)
            return Row(connection: ConnectionReport(row, app: app, now: now), reasons: reasons)
        }
        return Report(vault: locked.header, rows: rows, at: now)
    }
}
