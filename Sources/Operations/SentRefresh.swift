internal import CredentialVault
internal import OAuthCore

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
