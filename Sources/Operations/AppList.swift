package import CredentialVault

/// `app list`, `show`. The vault stays locked, so nothing here is verified.
package enum AppList {
    package struct Report: Equatable, Sendable {
        package let vault: VaultHeader
        /// By name.
        package let apps: [AppReport]
    }

    package static func run(in context: Context) throws(OperationError) -> Report {
        let locked = try context.readLocked()
        let apps = locked.apps.map { AppReport($0, connections: locked.connections, in: context) }
        return Report(vault: locked.header, apps: apps.sorted { $0.name < $1.name })
    }

    package static func show(_ name: String, in context: Context) throws(OperationError) -> AppReport {
        let locked = try context.readLocked()
        return AppReport(try locked.appNamed(name), connections: locked.connections, in: context)
    }
}

extension LockedVault {
    func appNamed(_ name: String) throws(OperationError) -> AppRow {
        guard let app = app(named: name) else { throw .noApp(name) }
        return app
    }
}
