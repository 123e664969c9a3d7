package import OAuthCore

/// What became of one connection.
package enum RefreshOutcome: Equatable, Sendable {
    /// New tokens are stored. `flagged`: fields of the answer that are not believed.
    case refreshed(flagged: [TokenAnswer.Field])
    /// Another process had done it when this one's turn came; no request was made.
    case alreadyRefreshed
    /// It had been refreshed a moment before this command began; no request was made.
    case justRefreshed
    /// More is left of the access token than was asked about; no request was made.
    case notDue
    /// There is no refresh token: the member connects again by `ConnectionReport.reconnectBy`. Not an error yet.
    case manual
    case failed(OperationError)
    /// Nothing was begun for it; it stands as it stood.
    case notTried(NotTried)

    package enum NotTried: Equatable, Sendable {
        /// A signal came.
        case stopped
        /// The command's time was over.
        case outOfTime
        /// Its app or its provider had just answered another connection with this, and would answer the same.
        case sameAs(OperationError)
    }
}

package struct RefreshResult: Equatable, Sendable {
    package let name: String
    package let outcome: RefreshOutcome
    /// As it stands now; nil when it is gone.
    package let connection: ConnectionReport?
}
