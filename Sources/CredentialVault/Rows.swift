/// Sixteen bytes that name a vault: derived from its first root key (FORMAT.md, Keys).
package struct VaultID: Hashable, Sendable {
    package let bytes: [UInt8]
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }
    /// 32 lowercase hexadecimal digits, as `init` prints it and `--vault-id` takes it.
    package var text: String { Hexadecimal.encode(bytes) }
    package init?(text: String) {
        guard let bytes = Hexadecimal.decode(text), let id = VaultID(bytes: bytes) else { return nil }
        self = id
    }
}

/// Sixteen random bytes that name a slot, an app or a connection for as long as it exists.
package struct RowID: Hashable, Sendable, Comparable {
    package let bytes: [UInt8]
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }
    /// 32 lowercase hexadecimal digits.
    package var text: String { Hexadecimal.encode(bytes) }
    package init?(text: String) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes: bytes)
    }
    package static func < (a: RowID, b: RowID) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

/// The row of table `vault`, without its two check values.
package struct VaultHeader: Equatable, Sendable {
    package var id: VaultID
    package var generation: Int64
    package var epoch: Int64
    /// Unix seconds, as every time here.
    package var createdAt: Int64
}

package struct KDFParameters: Equatable, Sendable {
    package var name: KDFName
    package var logN: Int64
    package var r: Int64
    package var p: Int64
    /// 32 bytes.
    package var salt: [UInt8]
    /// C256 head and body of the identity's secret half, 56 + 48 bytes.
    package var sealedIdentity: [UInt8]
}

package struct SlotRow: Equatable, Sendable {
    package var id: RowID
    package var kind: SlotKind
    package var label: String
    package var createdAt: Int64
    /// X25519, 32 bytes.
    package var publicKey: [UInt8]
    /// nil for a machine slot.
    package var kdf: KDFParameters?
    /// 80 bytes: HPKE enc and ciphertext.
    package var wrappedRoot: [UInt8]
}

package struct AppRow: Equatable, Sendable {
    package var id: RowID
    /// 1 at insert, +1 at every change; set by the vault.
    package internal(set) var version: Int64
    package var name: String
    package var provider: String
    /// 32 bytes: the digest of where the provider's profile sends secrets.
    package var profile: [UInt8]
    package var clientID: String
    package var redirectURI: String
    /// As given at `app add`, space separated; may be empty.
    package var scopes: String
    package internal(set) var createdAt: Int64
    package internal(set) var updatedAt: Int64

    package init(
        id: RowID, name: String, provider: String, profile: [UInt8], clientID: String, redirectURI: String,
        scopes: String
    ) {
        (self.id, version, self.name, self.provider, self.profile) = (id, 0, name, provider, profile)
        (self.clientID, self.redirectURI, self.scopes) = (clientID, redirectURI, scopes)
        (createdAt, updatedAt) = (0, 0)
    }
}

package struct ConnectionRow: Equatable, Sendable {
    package var id: RowID
    /// 1 at insert, +1 at every change; set by the vault.
    package internal(set) var version: Int64
    package var name: String
    package var appID: RowID
    /// What was granted, space separated.
    package var scopes: String
    /// The access clock's end; nil is unknown, not expired.
    package var accessExpiresAt: Int64?
    /// The consent clock's end; nil where no refresh token came or its lifetime is unknown.
    package var refreshExpiresAt: Int64?
    package var consentedAt: Int64?
    package var refreshedAt: Int64?
    package var state: StoredState
    package var lastError: LastError?
    /// When a request that may spend the refresh token was begun and not yet ended.
    package var pending: Int64?
    package var tags: String?
    package internal(set) var createdAt: Int64
    package internal(set) var updatedAt: Int64

    package init(id: RowID, name: String, appID: RowID, scopes: String) {
        (self.id, version, self.name, self.appID, self.scopes) = (id, 0, name, appID, scopes)
        (state, createdAt, updatedAt) = (.ok, 0, 0)
    }
}

package struct EventRow: Equatable, Sendable {
    package var seq: Int64
    package var at: Int64
    package var slotID: RowID?
    package var operation: Operation
    package var connectionID: RowID?
    package var outcome: Outcome
    /// 32 bytes.
    package var chain: [UInt8]
}
