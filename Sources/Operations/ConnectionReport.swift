package import CredentialVault

/// The state that a person is shown: what is stored, and what follows from the clocks.
package enum ShownState: String, Equatable, Sendable, CaseIterable {
    case ok
    /// Under a quarter of the access lifetime is left.
    case due
    /// The consent ends within 30 days.
    case expiring
    case reconnect
    /// A refresh was begun and its outcome is unknown.
    case interrupted
    case appError = "app-error"
}

/// What is said of one connection. Nothing in it is secret.
package struct ConnectionReport: Equatable, Sendable {
    package let name: String
    package let provider: String
    package let app: String
    package let state: ShownState
    package let renewal: Renewal
    package let scopes: [String]
    /// Unix seconds, as every time here; nil is unknown.
    package let accessExpiresAt: Int64?
    package let refreshExpiresAt: Int64?
    package let consentedAt: Int64?
    package let refreshedAt: Int64?
    package let lastError: LastError?
    /// In the order of their text.
    package let tags: [String]

    /// When the member has to have connected again: the consent's end, or the access token's where nothing renews it.
    package var reconnectBy: Int64? {
        switch renewal {
        case .automatic: refreshExpiresAt
        case .manual: accessExpiresAt
        }
    }

    init(_ row: ConnectionRow, app: AppRow?, now: Int64) {
        name = row.name
        // A connection's app exists: the vault refuses a file in which it does not.
        (provider, self.app) = (app?.provider ?? "", app?.name ?? "")
        state = ShownState(row, now: now)
        renewal = row.renewal
        scopes = Scopes.split(row.scopes)
        (accessExpiresAt, refreshExpiresAt) = (row.accessExpiresAt, row.refreshExpiresAt)
        (consentedAt, refreshedAt) = (row.consentedAt, row.refreshedAt)
        lastError = row.lastError
        tags = Tag.of(column: row.tags).map(\.text)
    }
}

extension ShownState {
    private static let thirtyDays: Int64 = 30 * 86_400

    init(_ row: ConnectionRow, now: Int64) {
        switch row.state {
        case .reconnect: self = .reconnect
        case .interrupted: self = .interrupted
        case .appError: self = .appError
        case .ok where row.pending != nil: self = .interrupted
        case .ok: self = Self.byClocks(row, now)
        }
    }

    private static func byClocks(_ row: ConnectionRow, _ now: Int64) -> ShownState {
        if row.renewal == .manual && row.isAccessOver(at: now) { return .reconnect }
        if let end = row.refreshExpiresAt {
            if end <= now { return .reconnect }
            if end - now < thirtyDays { return .expiring }
        }
        return row.isDue(at: now) ? .due : .ok
    }
}
