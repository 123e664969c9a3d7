package import CredentialVault
package import HTTPTransport
package import OAuthCore
package import Providers
package import Secrets

/// Why a verb did not do what was asked. Facts only; words, hints and exit codes are the command line's.
package enum OperationError: Error, Equatable, Sendable {
    case vault(VaultError)
    case secrets(SecretsError)
    case providers(ProvidersError)
    /// What the caller was asked for (a key, a pasted address) did not come; its own reason is inside.
    case input(InputFailure)

    // What was to be restored. Nothing was changed.
    /// The copy does not open, or is not whole.
    case notRestored(VaultError)
    /// Another vault stands where the copy was to go.
    case otherVaultThere(found: VaultID, copy: VaultID)
    /// This machine knows another vault at that path.
    case otherVaultKnown(known: VaultID, copy: VaultID)
    /// The copy is older than the last change of keys, or beside it. Labels of keys that were removed or changed since.
    case restoreFallsBehind(Rollback, readmitted: [String])

    // What was named.
    case tag(String, Tag.Fault)
    /// All tags of a connection together are over 1,024 bytes.
    case tagsTooLong(bytes: Int)
    /// No connection has a tag that was asked for; those that there are.
    case noTag(String, there: [String])
    case name(Name.Kind, Name.Fault)
    case noApp(String)
    case noConnection(String)
    /// No app is in the vault yet.
    case noAppYet
    /// There is more than one app: say which.
    case whichApp([String])
    case appTaken(String)
    /// A connection has the name already: `reconnect` renews it.
    case connectionTaken(String)
    case labelTaken(String)
    /// The person was asked and said no: nothing was written.
    case declined
    /// These connections still stand on the app.
    case appInUse(app: String, connections: [String])

    // What an app is made of.
    case redirectURI(RedirectURI.Fault)
    /// Not 1…1,024 characters of 0x21–0x7E.
    case clientID
    /// Not an RFC 6749 scope token, or over 4,096 bytes together.
    case scope
    /// The provider authenticates its apps and no secret, or an empty one, was given.
    case clientSecretMissing
    /// The profile's `client_auth` is "none", so nothing may be kept that would look as if it protected something.
    case clientSecretNotUsed
    /// Over 7,000 bytes, or bytes outside 0x20–0x7E.
    case clientSecretMalformed
    /// The provider has no introspection for it: its ID, and the secret it may have, are proven by a consent alone.
    case appNotProvable(app: String, hasSecret: Bool)
    /// The provider's profile now sends secrets somewhere else than when the app was added: see `app trust`.
    case profileChanged(app: String, provider: String)

    // An app that was handed over.
    /// The file's app has the name of another one here.
    case importTaken(String)
    /// The app that is to have the file's client secret is another client, or another provider's.
    case importMismatch(app: String, clientID: String)
    /// A value in the file, or behind its seal, is none that an app can have.
    case appFileValue(AppImportDraft.Value)
    /// The profile of this provider sends secrets elsewhere here than at the sender.
    case importedProfile(provider: String)

    // What was heard.
    /// The provider said no, or said nothing that can be believed.
    case oauth(OAuthError)
    /// The same at the exchange of the authorization code: no tokens came, nothing is stored, and the code is spent.
    case exchange(OAuthError)
    /// No answer, and none of the tokens is spent: try again.
    case network(TransportError)
    /// The browser did not come back; the exact redirect URI that has to be registered with the provider.
    case listener(ListenerError, redirectURI: String)
    /// The redirect URI is not on this machine: connect with `--paste`.
    case needsPaste(redirectURI: String)

    // What a connection is.
    /// A refresh was begun and its outcome is unknown: sending the refresh token once more could end the grant at a
    /// provider that rotates. Nothing was sent. `reconnect` ends this; `test` does where the provider says that
    /// the refresh token still lives.
    case interrupted
    /// The root key was to be replaced, and refreshes of these connections were begun whose end nobody knows: a record of
    /// one that was printed or written to a file could not be applied any more. Nothing was changed.
    case refreshPending(connections: [String])
    /// The access token is over and there is no refresh token: reconnect.
    case accessOver
    /// The consent was given by another account than the expected one: nothing was stored.
    case otherAccount(expected: String, found: String)
    /// The provider did not say which account consented, so an expectation cannot be checked: nothing was stored.
    case accountUnknown(expected: String)
    /// The provider was asked to end the grant, with this outcome, and the connection could not be deleted after it.
    case notDeleted(VaultError, Revocation.Verdict)
    /// New tokens were received and could not be stored. Where they are meanwhile.
    case notStored(VaultError, RecoveryKeeping)
    /// What came of a refresh is inside, and is no new tokens; the vault could not take note of it for this reason. Where
    /// it is noted meanwhile: `.nowhere` leaves the connection marked, as if no answer had come.
    indirect case unnoted(OperationError, VaultError, RecoveryKeeping)

    /// What befell the connection itself, noted or not.
    package var cause: OperationError {
        if case .unnoted(let cause, _, _) = self { cause } else { self }
    }
}

extension OperationError: VaultFailure {
    package init(_ error: VaultError) { self = .vault(error) }
}
