/// An app on its way from one vault to another: clear columns, and the client secret sealed to the receiver's public key
/// (SECURITY.md, App file). Ciphertext and clear columns, no secret in the clear.
package struct AppFile: Equatable, Sendable {
    package let name: String
    package let provider: String
    /// 32 bytes: the digest of where the sender's profile of the provider sends secrets.
    package let profile: [UInt8]
    package let clientID: String
    package let redirectURI: String
    /// As given at `app add`, space separated; may be empty.
    package let scopes: String
    /// X25519, 32 bytes: whose key opens it.
    package let receiver: [UInt8]
    /// When it was made, in Unix seconds, as the sender's clock said.
    package let createdAt: Int64
    /// HPKE enc and ciphertext, 560 to 7,216 bytes.
    let sealed: [UInt8]

    /// nil where a value is not what its column holds, or the sealed part not of a size that sealing gives.
    init?(_ clear: [Value], sealed: [UInt8]) {
        guard clear.count == Self.columns.count, zip(Self.columns, clear).allSatisfy({ $0.admits($1) }),
            Self.admits(sealedBytes: sealed.count),
            case .text(let name) = clear[0], case .text(let provider) = clear[1],
            case .blob(let profile) = clear[2], case .text(let clientID) = clear[3],
            case .text(let redirectURI) = clear[4], case .text(let scopes) = clear[5],
            case .blob(let receiver) = clear[6], case .integer(let createdAt) = clear[7]
        else { return nil }
        (self.name, self.provider, self.profile, self.clientID) = (name, provider, profile, clientID)
        (self.redirectURI, self.scopes, self.receiver) = (redirectURI, scopes, receiver)
        (self.createdAt, self.sealed) = (createdAt, sealed)
    }

    /// The mirror of `init`: in the order of `columns`.
    var clear: [Value] {
        [
            .text(name), .text(provider), .blob(profile), .text(clientID), .text(redirectURI), .text(scopes),
            .blob(receiver), .integer(createdAt),
        ]
    }

    /// Those of an app's row that travel, in the row's order, then the file's own.
    static let columns: [Schema.Column] =
        Schema.columns(of: .app).filter { travelling.contains($0.name) } + [
            Schema.Column(name: "receiver", type: .blob(bytes: 32)),
            Schema.Column(name: "created_at", type: .integer(from: 0)),
        ]
    private static let travelling: Set<String> = [
        "name", "provider", "profile", "client_id", "redirect_uri", "scopes",
    ]

    /// Whole units of an app's row, with HPKE's 48 bytes; a client secret of 7,000 bytes fills 14 units.
    private static func admits(sealedBytes count: Int) -> Bool {
        let framed = count - 48
        return (1...14).contains(framed / AppRow.unit) && framed.isMultiple(of: AppRow.unit)
    }
}
