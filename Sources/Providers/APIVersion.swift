internal import OAuthCore

/// The version of a provider's API that calls ask for, and who chose it.
package struct APIVersion: Equatable, Sendable {
    /// What was in force, the strongest first.
    package enum Origin: Equatable, Sendable {
        /// Given with the command.
        case option
        /// config.json.
        case settings
        /// A header of the provider file.
        case providerFile
        /// The profile's default.
        case standard
    }

    /// The header that carries it.
    package let header: String
    /// Six digits, YYYYMM.
    package let value: String
    package let origin: Origin
    /// The provider's name, which its settings go by.
    package let provider: String

    package init(header: String, value: String, origin: Origin, provider: String) {
        (self.header, self.value, self.origin, self.provider) = (header, value, origin, provider)
    }

    /// nil where the provider has no versions.
    ///
    /// - Throws: `.apiVersion` for one that is not six digits.
    init?(profile: ProviderProfile, option: String?, setting: String?) throws(ProvidersError) {
        guard let standard = profile.quirks?.apiVersion else { return nil }
        let inTheFile = profile.headers.first { $0.name.lowercased() == standard.name.lowercased() }?.value
        let candidates: [(String?, Origin)] = [
            (option, .option), (setting, .settings), (inTheFile, .providerFile),
        ]
        let chosen = candidates.first { $0.0 != nil }
        let value = chosen?.0 ?? standard.value
        guard value.utf8.count == 6, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .apiVersion(value)
        }
        self.init(
            header: standard.name, value: value, origin: chosen?.1 ?? .standard, provider: profile.name)
    }
}
