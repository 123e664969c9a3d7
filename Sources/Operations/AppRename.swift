internal import CredentialVault

/// `app rename`. The name is bound into what is sealed, so the secret is sealed anew.
package enum AppRename {
    package static func run(
        _ name: String, to newName: String, in context: Context
    ) throws(OperationError) -> AppReport {
        try Name.check(newName, .app)
        let locked = try context.readLocked()
        _ = try locked.appNamed(name)
        guard locked.app(named: newName) == nil else { throw .appTaken(newName) }
        return try AppChange.run(name, secrets: nil, .appRename, in: context) { $0.name = newName }
    }
}
