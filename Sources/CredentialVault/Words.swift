// The words that a clear column may hold (SECURITY.md, Words). Any other word is damage: a server's text never
// reaches a clear column.

package enum SlotKind: String, Equatable, Sendable, CaseIterable { case passphrase, machine }

package enum KDFName: String, Equatable, Sendable, CaseIterable { case scrypt }

/// What is stored of a connection's state; `due` and `expiring` follow from the clocks and are never stored.
package enum StoredState: String, Equatable, Sendable, CaseIterable {
    case ok, reconnect, interrupted
    case appError = "app-error"
}

/// The sorted reason of the last failure.
package enum LastError: String, Equatable, Sendable, CaseIterable {
    case invalidGrant = "invalid-grant"
    case clientMismatch = "client-mismatch"
    case invalidClient = "invalid-client"
    case unauthorizedClient = "unauthorized-client"
    case redirectURI = "redirect-uri"
    case invalidRequest = "invalid-request"
    case scope
    case revoked, expired, restricted, forbidden, quota
    case apiVersion = "api-version"
    case transient, network, unreadable, interrupted
}

package enum Operation: String, Equatable, Sendable, CaseIterable {
    case initialise = "init"
    case appAdd = "app-add"
    case appSetSecret = "app-set-secret"
    case appRemove = "app-remove"
    case appRename = "app-rename"
    case appTrust = "app-trust"
    case appExport = "app-export"
    case appImport = "app-import"
    case connect, reconnect, refresh, test, disconnect, rename, tag, recover, restore
    case keyAdd = "key-add"
    case keyRemove = "key-remove"
    case keyChange = "key-change"
    case keyRotate = "key-rotate"
    case keyRename = "key-rename"
}

package enum Outcome: String, Equatable, Sendable, CaseIterable {
    case begun, ok, reconnect, app, transient, interrupted, failed, discarded
}
