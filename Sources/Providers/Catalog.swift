package import OAuthCore

/// The providers that there are: built in, and by file.
package enum Catalog {
    package static let builtIn: [ProviderProfile] = [LinkedInAds.profile, LinkedInAds.native]

    /// A provider file, already read: `name` is the file's name without ".json".
    package struct File: Equatable, Sendable {
        package let name: String
        package let bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// A built-in name cannot be taken over by a file, and a file's `name` is the file's own.
    package static func profile(named name: String, files: [File]) throws(ProvidersError) -> ProviderProfile {
        if let profile = builtIn.first(where: { $0.name == name }) { return profile }
        guard let file = files.first(where: { $0.name == name }) else { throw .unknownProvider(name) }
        let profile = try ProviderFile.parse(file.bytes)
        guard profile.name == name else { throw .nameIsNotTheFiles(profile.name) }
        return profile
    }

    /// What a provider file's `quirks` may name.
    static let quirks: [ProviderQuirks] = [LinkedInAds.quirks]
}
