internal import CredentialVault

/// `app remove`: refused while connections stand on it.
package enum AppRemove {
    package static func run(_ name: String, in context: Context) throws(OperationError) {
        let locked = try context.readLocked()
        let row = try locked.appNamed(name)
        let users = locked.connections.filter { $0.appID == row.id }.map(\.name).sorted()
        guard users.isEmpty else { throw .appInUse(app: name, connections: users) }
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                try ofVault(vault.commit(.removeApp(row.id), Event(.appRemove, .ok), now: context.clock()))
            }
        }
    }
}
