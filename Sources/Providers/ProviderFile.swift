package import OAuthCore

/// Reads `providers/NAME.json` (DESIGN.md, Provider file).
package enum ProviderFile {
    /// At most 64 KiB.
    package static func parse(_ bytes: [UInt8]) throws(ProvidersError) -> ProviderProfile { fatalError() }
}
