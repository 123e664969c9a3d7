internal import CredentialVault

/// A connection of a batch whose new tokens are in the spool alone.
struct SpooledTurn {
    let entry: BatchEntry
    let lane: ProviderLane
    /// Why they are not in the vault yet.
    let reason: VaultError
}
