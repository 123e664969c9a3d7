package import OAuthCore

/// The providers that there are: built in, and by file.
package enum Catalog {
    package static let builtIn: [ProviderProfile] = []

    /// A provider file, already read: `name` is the file's name without ".json".
    package struct File: Equatable, Sendable {
        package let name: String
        package let bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// A built-in name cannot be taken over by a file.
    package static func profile(named name: String, files: [File]) throws(ProvidersError) -> ProviderProfile {
        fatalError()
    }
}
