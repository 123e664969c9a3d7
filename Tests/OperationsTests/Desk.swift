import CredentialVault
import Foundation
import HTTPTransport
import OAuthCore
import Operations
import Providers
import Secrets

/// A real vault in a folder of its own, a clock that stands, and a provider that answers as the test says.
final class Desk {
    let folder: URL
    let path: String
    var now: Int64 = 1_800_000_000
    /// How often the key was read.
    var keysRead = 0
    /// What was sent, in order.
    var requests: [Sent] = []
    var notices: [Notice] = []
    var progress: [Refresh.Progress] = []
    /// Milliseconds; goes on by what is paused.
    var uptime: Int64 = 0
    var pauses: [Int] = []
    /// `uptime` of each request that was one of several.
    var sentAt: [Int64] = []
    var chance: (Int) -> Int = { _ in 0 }
    var exchanges: [DeskExchanges] = []
    var files: [Catalog.File] = []
    var reply: (Sent) throws(TransportError) -> Reply = { (sent) throws(TransportError) in
        fatalError("no answer was provided for \(sent.url)")
    }
    private let identity: SecretBytes

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "advault-\(UUID().uuidString)")
        path = folder.appending(path: "vault/vault.db").path
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        identity = try Random.secret(32)
        let made = try Identity(secret: identity.copy())
        _ = try Initialise.run(slot: .machine(publicKey: made.publicKey), label: "test", in: context)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var context: Context {
        var context = Context(vaultPath: path)
        context.lockWaitSeconds = 20
        context.key = KeySource(
            isInteractive: false, check: { () throws(OperationError) in },
            read: { [self] () throws(OperationError) in
                keysRead += 1
                return try machineKey()
            })
        context.clock = { [self] in now }
        context.send = { [self] (request: borrowing HTTPRequest) throws(TransportError) -> HTTPAnswer in
            let sent = Sent(request)
            requests.append(sent)
            return try reply(sent).answer()
        }
        context.exchanges = { [self] connections in
            let fake = DeskExchanges(connections) { [unowned self] (sent) throws(TransportError) in
                try reply(sent).answer()
            }
            fake.sending = { [unowned self] in
                requests.append($0)
                sentAt.append(uptime)
            }
            exchanges.append(fake)
            return fake.exchanges
        }
        context.uptime = { [self] in uptime }
        context.pause = { [self] in
            pauses.append($0)
            uptime += Int64($0)
        }
        context.random = { [self] in chance($0) }
        context.progress = { [self] in progress.append($0) }
        context.notice = { [self] in notices.append($0) }
        context.providerFiles = files
        return context
    }

    func machineKey() throws(OperationError) -> UnlockKey {
        do { return .machine(try Identity(secret: identity.copy())) } catch { throw .secrets(error) }
    }

    /// Opens the vault as another process would.
    func unlocked<R: ~Copyable>(
        _ body: (inout OpenVault) throws(OperationError) -> R
    ) throws(OperationError) -> R {
        let key = try machineKey()
        return try Vault.withUnlocked(at: path, with: key) { (vault) throws(OperationError) in
            try body(&vault)
        }
    }

    func locked() throws -> LockedVault { try Vault.readLocked(at: path) }

    func row(_ name: String = "acme") throws -> ConnectionRow {
        let row = try locked().connections.first { $0.name == name }
        guard let row else { throw OperationError.noConnection(name) }
        return row
    }

    /// Changes a row as another process would, without any lock.
    func edit(_ name: String = "acme", _ change: (inout ConnectionRow) -> Void) throws {
        try unlocked { (vault) throws(OperationError) in
            guard var row = vault.connection(named: name) else { throw .noConnection(name) }
            change(&row)
            do throws(VaultError) {
                try vault.commit(.replaceConnection(row, nil), Event(.tag, .ok), now: now)
            } catch {
                throw .vault(error)
            }
        }
    }

    /// The record of a refresh of a marked row, which is not committed.
    func record(
        of name: String, access: String, refresh: String, _ change: (inout ConnectionRow) -> Void = { _ in }
    ) throws(OperationError) -> RecoveryRecord {
        try unlocked { (vault) throws(OperationError) in
            guard var row = vault.connection(named: name) else { throw .noConnection(name) }
            (row.pending, row.refreshedAt, row.accessExpiresAt) = (nil, now, now + 86_400)
            change(&row)
            do throws(VaultError) {
                let tokens = try ConnectionSecrets(
                    accessToken: vaultSecret(access), refreshToken: vaultSecret(refresh))
                return try vault.seal(row, tokens, now: now)
            } catch { throw .vault(error) }
        }
    }

    struct Tokens: Equatable {
        var access: String?
        var refresh: String?
        var account: String?
    }

    func tokens(_ name: String = "acme") throws -> Tokens {
        try unlocked { (vault) throws(OperationError) in
            guard let row = vault.connection(named: name) else { throw .noConnection(name) }
            do throws(VaultError) {
                let held = try vault.secrets(of: row)
                return Tokens(
                    access: clearOptional(held.accessToken), refresh: clearOptional(held.refreshToken),
                    account: clearOptional(held.account))
            } catch { throw .vault(error) }
        }
    }

    // MARK: What stands in the vault

    /// An app of a provider file: rotating unless told otherwise.
    func addApp(
        _ name: String = "app", provider: String = "example", refresh: String = "rotating", more: String = ""
    ) throws {
        files = [Self.file(provider, refresh: refresh, more: more)]
        let draft = try AppDraft(
            name: name, provider: provider, clientID: "client-1", redirectURI: nil, scopes: ["read"],
            in: context)
        _ = try AppAdd.run(draft, secret: try secret("client secret"), in: context)
    }

    static func file(_ name: String, refresh: String, more: String = "") -> Catalog.File {
        Catalog.File(
            name: name,
            bytes: Array(
                """
                {"name":"\(name)","authorize_url":"https://as.example/authorize",
                "token_url":"https://as.example/token","client_auth":"post","refresh":"\(refresh)",
                "introspect_url":"https://as.example/introspect","consent_page":"https://as.example/grants",
                "tests":[{"name":"me","url":"https://as.example/me"}]\(more)}
                """.utf8))
    }

    /// A connection as `connect` would have left it.
    func addConnection(
        _ name: String = "acme", app: String = "app", access: String = "access-0",
        refresh: String? = "refresh-0", account: String? = nil,
        _ change: (inout ConnectionRow) -> Void = { _ in }
    ) throws {
        try unlocked { (vault) throws(OperationError) in
            do throws(VaultError) {
                var row = ConnectionRow(
                    id: try RowID.random(), name: name, appID: vault.app(named: app)!.id, scopes: "read")
                row.consentedAt = now
                row.accessExpiresAt = now + 1_000
                row.refreshExpiresAt = refresh == nil ? nil : now + 31_536_000
                change(&row)
                let secrets = ConnectionSecrets(
                    accessToken: try vaultSecret(access), refreshToken: try vaultSecret(refresh),
                    account: try vaultSecret(account))
                try vault.commit(.addConnection(row, secrets), Event(.connect, .ok), now: now)
            } catch { throw .vault(error) }
        }
    }
}

/// Requests in flight: each is answered when it is asked about, the oldest first.
final class DeskExchanges {
    typealias Answer = (Sent) throws(TransportError) -> HTTPAnswer

    let connections: Int
    var sending: (Sent) -> Void = { _ in }
    private let answer: Answer
    private var waiting: [(tag: Int, sent: Sent)] = []
    var inFlight: Int { waiting.count }
    /// The most that were in flight at one time.
    private(set) var most = 0

    init(_ connections: Int, _ answer: @escaping Answer) {
        (self.connections, self.answer) = (connections, answer)
    }

    var exchanges: Exchanges {
        Exchanges(add: { [self] in add($0, tag: $1) }, next: { [self] _ in next() })
    }

    private func add(_ request: consuming HTTPRequest, tag: Int) {
        let sent = Sent(request)
        sending(sent)
        waiting.append((tag, sent))
        most = max(most, waiting.count)
    }

    private func next() -> FinishedExchange? {
        guard !waiting.isEmpty else { return nil }
        let (tag, sent) = waiting.removeFirst()
        do throws(TransportError) {
            return FinishedExchange(tag: tag, result: .answer(try answer(sent)))
        } catch { return FinishedExchange(tag: tag, result: .failed(error)) }
    }
}

/// One request as it was sent.
struct Sent {
    let url: String
    let body: String
    let authorization: String?

    init(_ request: borrowing HTTPRequest) {
        url = request.url
        body = clearOptional(request.body) ?? ""
        authorization = clearOptional(request.authorization)
    }

    var isToken: Bool { url.hasSuffix("/token") || url.hasSuffix("/accessToken") }
    var isIntrospection: Bool { url.hasSuffix("/introspect") || url.hasSuffix("/introspectToken") }
}

struct Reply {
    var status = 200
    var body: String
    var headers: [HTTPHeader] = []

    static func tokens(
        access: String, refresh: String? = nil, expires: Int64 = 1_000, consent: Int64? = nil
    ) -> Reply {
        let refresh = refresh.map { #","refresh_token":"\#($0)""# } ?? ""
        let consent = consent.map { #","refresh_token_expires_in":\#($0)"# } ?? ""
        return Reply(body: #"{"access_token":"\#(access)","expires_in":\#(expires)\#(refresh)\#(consent)}"#)
    }

    static func error(_ status: Int, _ word: String) -> Reply {
        Reply(status: status, body: #"{"error":"\#(word)","error_description":"as \#(word)"}"#)
    }

    static let active = Reply(body: #"{"active":true}"#)
    static let inactive = Reply(body: #"{"active":false}"#)
    static let nothing = Reply(body: "{}")

    func answer() -> HTTPAnswer {
        // A test's own text always fits.
        HTTPAnswer(status: status, headers: headers, body: try! secret(body))
    }
}

func secret(_ text: String) throws -> SecretBytes { try SecretBytes(copying: Array(text.utf8).span.bytes) }

func vaultSecret(_ text: String?) throws(VaultError) -> SecretBytes? {
    guard let text else { return nil }
    do { return try SecretBytes(copying: Array(text.utf8).span.bytes) } catch { throw .secrets(error) }
}

func clear(_ secret: borrowing SecretBytes) -> String {
    secret.withBytes { span in span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

func clearOptional(_ value: borrowing SecretBytes?) -> String? {
    switch value {
    case .some(let value): clear(value)
    case .none: nil
    }
}

/// What `body` threw; nil if nothing.
func failure<R: ~Copyable>(_ body: () throws(OperationError) -> R) -> OperationError? {
    do throws(OperationError) {
        _ = try body()
        return nil
    } catch { return error }
}
