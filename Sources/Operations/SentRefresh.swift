internal import CredentialVault
internal import OAuthCore
internal import Secrets

/// A refresh for which all is in hand but its mark: the vault knows nothing of it yet.
struct PreparedRefresh: ~Copyable {
    /// As it stands in the vault, without the mark.
    let row: ConnectionRow
    let request: HTTPRequest
    let held: ConnectionSecrets
    let client: HeldClient
    let place: SpoolPlace

    /// The mark, and its event.
    borrowing func mark(now: Int64) throws(VaultError) -> JournalledChange {
        var marked = row
        // The time of a former mark stays: the server's grace runs from the first time the token was sent.
        marked.pending = row.pending ?? now
        // Its secrets were opened a moment ago, and are sealed again as they were.
        let kept: ConnectionSecrets
        do { kept = try held.copy() } catch { throw .secrets(error) }
        return JournalledChange(
            .replaceConnection(marked, kept), Event(.refresh, .begun, connection: row.id))
    }

    /// The mark is committed.
    /// - Parameter marked: the row as it stands in the vault now.
    consuming func begun(_ marked: ConnectionRow) -> BegunRefresh {
        let isRepeated = row.pending != nil
        return BegunRefresh(
            request: request,
            sent: SentRefresh(
                marked: marked, isRepeated: isRepeated, held: held, client: client, place: place))
    }
}

/// A refresh that is marked, and the request that is to be sent for it.
struct BegunRefresh: ~Copyable {
    let request: HTTPRequest
    let sent: SentRefresh
}

/// A refresh whose request is under way: what is needed when its answer comes.
struct SentRefresh: ~Copyable {
    /// As it stands in the vault, with its mark.
    let marked: ConnectionRow
    /// The row was marked before: the same token was sent already, and nobody knows what became of it.
    let isRepeated: Bool
    let held: ConnectionSecrets
    let client: HeldClient
    /// Where its recovery record goes; empty until the answer is there.
    var place: SpoolPlace
}
