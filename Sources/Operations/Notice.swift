package import CredentialVault

/// What an operation has to say while it runs. The command line puts it into words, on stderr.
package enum Notice: Equatable, Sendable {
    /// Another connection of the app was asked for with other scopes: at some providers (LinkedIn) the new consent
    /// ends that one's access token. The names of such connections.
    case otherScopes(connections: [String])
    /// These connections are the same member's, through the same app: at the provider they are one grant. `ended`:
    /// those whose access token this consent may have ended, since they were connected with other scopes.
    case sameMember(connections: [String], ended: [String])
    /// The browser is being opened on our own start page.
    case opening(startURL: String)
    /// Visit this address with a browser on this machine; a line of its own.
    case visit(startURL: String)
    /// No browser could be opened; visit this address instead.
    case browserFailed(startURL: String)
    /// We wait for the browser at this redirect URI, for so many seconds. It must be registered exactly so.
    case waiting(redirectURI: String, seconds: Int)
    /// Something came back that is not this attempt's; it was refused, and the wait goes on. Said once.
    case notOurs
    /// The browser came back; the vault is opened now.
    case cameBack
    /// What was pasted is not the final address; it is asked for again and the consent is still good.
    case pasteAgain(PasteMistake)
    /// That key was wrong; it is asked for again and the consent is still good.
    case wrongKey
    /// The connection is stored; it is tested now.
    case stored(connection: String)
    /// What a refresh or a consent that was cut off had received is stored now.
    case recovered(connection: String)
    /// A recovery record of tokens that the connection has newer ones of was thrown away.
    case recoveryDiscarded(connection: String)
    /// A record that cannot be applied; it stays where it is: in the spool, or in this file.
    case recoveryKept(VaultError.RecoveryFault, path: String?)
    /// What waits in the spool, or in this file, could not be stored now either; it stays there.
    case recoveryFailed(connection: String, VaultError, path: String?)
    /// The root key is replaced, or would be, and the outcome of refreshes of these connections is unknown: a recovery
    /// record of one, if there is any outside the vault, cannot be applied after that.
    case recordsEnd(connections: [String])
    /// The recovery record of new tokens, sealed, on a line of its own. They could be written nowhere, or only into this
    /// file, which does not last.
    case recoveryRecord(String, path: String?)
    /// The provider could not be asked again yet; so many seconds.
    case pausing(seconds: Int)
    /// The access token that is handed out ends in so many seconds, and could not be renewed now for this reason.
    case lentUnrenewed(connection: String, seconds: Int64, OperationError)
    /// The access token that is handed out ends in so many seconds, and only a new consent gives another.
    case lentManual(connection: String, seconds: Int64)
    /// What was seen of the vault could not be kept: a file that is rolled back later is not noticed here.
    case noAnchor(VaultError)
    /// A signal came during a refresh: nothing more is begun, and so many answers are waited for, since a refresh
    /// token was sent with each request. `again`: not the first signal.
    case stopping(inFlight: Int, again: Bool)
    /// The provider at this host asks to be left alone for longer than a command waits.
    case leftAlone(host: String, seconds: Int64)
}
