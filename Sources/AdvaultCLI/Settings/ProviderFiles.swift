package import Providers

/// The provider files, `providers/NAME.json` in the settings folder.
package enum ProviderFiles {
    package static func read(_ context: CommandContext) throws(CommandError) -> [Catalog.File] {
        guard let settings = Paths.settings(context) else { return [] }
        let folder = settings + "/providers"
        var files: [Catalog.File] = []
        for name in ClearFile.names(in: folder, suffix: ".json") {
            guard let bytes = try ClearFile.read("\(folder)/\(name).json") else { continue }
            files.append(Catalog.File(name: name, bytes: bytes))
        }
        return files
    }
}
