internal import OAuthCore

/// The line that users of hosted connectors know, word for word, so that it can be searched for.
enum HostedWords {
    static func refreshFailed(_ refusal: OAuthError.Refusal, provider: String?) -> String {
        "Testing connection to \(name(of: provider ?? "the provider")) Failed: "
            + "'Failed to refresh access token. \(refusal.words)'"
    }

    /// A provider as people call it.
    static func name(of provider: String) -> String {
        provider.hasPrefix("linkedin-") ? "LinkedIn" : Printable.bare(provider)
    }
}
