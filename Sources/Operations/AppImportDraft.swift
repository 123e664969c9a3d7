package import CredentialVault
package import OAuthCore

/// An app file that was checked and not yet opened: `app import` before a key is asked for.
package struct AppImportDraft: Sendable {
    package let place: Place
    package let profile: ProviderProfile
    package let file: AppFile

    package enum Place: Equatable, Sendable {
        /// An app of its own, called so.
        case new(name: String)
        /// The client secret alone, into the app that is called so: the provider has given the app another one.
        case into(name: String)
    }

    /// What a file's app is made of, where it can be wrong.
    package enum Value: String, Equatable, Sendable { case name, clientID, redirectURI, scopes, clientSecret }

    /// - Parameters:
    ///   - place: nil: an app of its own, with the name in the file.
    ///   - key: the public half of the key that is to open the file, 32 bytes; nil: the one that opens the vault does.
    /// - Throws: for whatever can be seen without a key. The vault's columns are unverified here, and only lead to an
    ///   earlier refusal.
    package init(
        _ text: String, place: Place?, key: [UInt8]?, in context: Context
    ) throws(OperationError) {
        file = try ofVault(AppFile(text: text))
        profile = try context.profile(named: file.provider)
        guard try ofSecrets(profile.destinationDigest()) == file.profile else {
            throw .importedProfile(provider: file.provider)
        }
        try Self.check(file, profile)
        // Step by step: `??` forgets the type of what its right side throws.
        if let place { self.place = place } else { self.place = .new(name: try Self.name(in: file)) }
        let locked = try context.readLocked()
        switch self.place {
        case .new(let name):
            try Name.check(name, .app)
            guard locked.app(named: name) == nil else { throw .importTaken(name) }
        case .into(let name):
            _ = try counterpart(locked.app(named: name), name, in: context)
            guard profile.clientAuth != .none else { throw .clientSecretNotUsed }
        }
        let holder = file.holder(among: locked.slots)
        guard key.map({ $0 == file.receiver }) ?? (holder != .noSlot) else {
            throw .vault(.appFile(.anotherReceiver(file.receiver, holder)))
        }
    }

    private static func name(in file: AppFile) throws(OperationError) -> String {
        do { try Name.check(file.name, .app) } catch { throw .appFileValue(.name) }
        return file.name
    }

    /// The same rules as `app add` has: the file may be anybody's.
    private static func check(_ file: AppFile, _ profile: ProviderProfile) throws(OperationError) {
        guard ClientID.isWellFormed(file.clientID) else { throw .appFileValue(.clientID) }
        do { try profile.check(RedirectURI(file.redirectURI)) } catch { throw .appFileValue(.redirectURI) }
        guard Scopes.join(Scopes.split(file.scopes)) == file.scopes else { throw .appFileValue(.scopes) }
    }

    /// The row of an app of its own; its profile is the provider's here, which sends secrets where the sender's does.
    func row(_ id: RowID, _ name: String) -> AppRow {
        AppRow(
            id: id, name: name, provider: profile.name, profile: file.profile, clientID: file.clientID,
            redirectURI: file.redirectURI, scopes: file.scopes)
    }

    /// The app that the file's client secret belongs to: the same client of the same provider, and trusted.
    func counterpart(
        _ found: AppRow?, _ name: String, in context: Context
    ) throws(OperationError) -> AppRow {
        guard let row = found else { throw .noApp(name) }
        _ = try TrustedApp(row, in: context)
        guard row.provider == file.provider, row.clientID == file.clientID else {
            throw .importMismatch(app: name, clientID: file.clientID)
        }
        return row
    }
}
