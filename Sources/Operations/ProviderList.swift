package import OAuthCore
internal import Providers

/// `provider list`, `show`. No vault is needed.
package enum ProviderList {
    package struct Entry: Equatable, Sendable {
        package let name: String
        package let isBuiltIn: Bool
        /// nil where the file is no provider's: `failure` says why.
        package let profile: ProviderProfile?
        package let failure: OperationError?
    }

    /// The built-in ones, then the files by name. A broken file is listed with what is wrong with it.
    package static func run(in context: Context) -> [Entry] {
        let builtIn = Catalog.builtIn.map {
            Entry(name: $0.name, isBuiltIn: true, profile: $0, failure: nil)
        }
        let names = context.providerFiles.map(\.name).filter { name in
            !builtIn.contains { $0.name == name }
        }
        return builtIn + names.sorted().map { file($0, in: context) }
    }

    package static func show(_ name: String, in context: Context) throws(OperationError) -> ProviderProfile {
        try context.profile(named: name)
    }

    private static func file(_ name: String, in context: Context) -> Entry {
        do throws(OperationError) {
            let profile = try context.profile(named: name)
            return Entry(name: name, isBuiltIn: false, profile: profile, failure: nil)
        } catch { return Entry(name: name, isBuiltIn: false, profile: nil, failure: error) }
    }
}
