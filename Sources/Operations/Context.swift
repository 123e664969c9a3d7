package import CredentialVault
package import HTTPTransport
package import OAuthCore
package import Providers
package import Secrets

/// Everything from outside that an operation uses: time, network, browser, keys. A test's default crashes and says
/// what was not provided.
package struct Context {
    package typealias Send = (borrowing HTTPRequest) throws(TransportError) -> HTTPAnswer

    /// Waits for the browser at a redirect URI: binds first, says where the browser has to begin, then waits at most
    /// so many seconds for a callback that `accept` takes.
    package typealias Listen = (
        _ redirect: RedirectURI, _ authorizeURL: String, _ seconds: Int,
        _ begin: (_ startURL: String) -> Void,
        _ accept: (borrowing SecretBytes) -> LoopbackListener.Verdict
    ) throws(ListenerError) -> Void

    /// The vault file.
    package var vaultPath: String
    /// Slot to try and pinned vault ID.
    package var unlock = UnlockOptions()
    /// For the recovery record of what neither the vault nor its spool could take, best first. Such records are looked
    /// for there as well.
    package var recoveryFolders: [RecoveryFolder] = []
    /// How long another process is waited for before `busy`: twice what one request may take.
    package var lockWaitSeconds = 60
    package var key = KeySource.notProvided
    /// The provider files, already read.
    package var providerFiles: [Catalog.File] = []
    /// API version by provider name, where the profile's default is overruled.
    package var apiVersions: [String: String] = [:]
    /// The one that this command was given, which beats all others; six digits.
    package var apiVersion: String?

    /// Unix seconds.
    package var clock: () -> Int64 = { fatalError("Context.clock was not provided") }
    package var send: Send = { (_) throws(TransportError) in fatalError("Context.send was not provided") }
    /// For several requests at once, over at most so many connections.
    package var exchanges: (_ connections: Int) -> Exchanges = { _ in
        fatalError("Context.exchanges was not provided")
    }
    /// Milliseconds of a clock that only goes forward, for spans of time alone.
    package var uptime: () -> Int64 = { fatalError("Context.uptime was not provided") }
    /// Sleeps so many milliseconds.
    package var pause: (Int) -> Void = { _ in fatalError("Context.pause was not provided") }
    /// A random number from 0 up to and without the bound: what spreads the retries of several processes.
    package var random: (_ below: Int) -> Int = { _ in fatalError("Context.random was not provided") }
    /// Whether a browser was started on the address.
    package var openBrowser: (String) -> Bool = { _ in fatalError("Context.openBrowser was not provided") }
    package var listen: Listen = { (_, _, _, _, _) throws(ListenerError) in
        fatalError("Context.listen was not provided")
    }
    package var notice: (Notice) -> Void = { _ in }
    /// How far a refresh of several connections has come.
    package var progress: (Refresh.Progress) -> Void = { _ in }

    package init(vaultPath: String) { self.vaultPath = vaultPath }
}
