internal import CredentialVault
internal import Operations

extension Explanation {
    init(_ fault: VaultError.RecoveryFault) {
        switch fault {
        case .malformed:
            self.init(
                "recovery-record", .other, "this is no whole recovery record",
                next: "it is one line that begins with ADVAULT-RECOVERY-1; copy the whole of it")
        case .anotherVault(let found):
            self.init(
                "recovery-vault", .other, "the recovery record is of another vault, \(found.text)",
                next: "name that vault with --vault PATH")
        case .anotherGeneration(let found):
            self.init(
                "recovery-generation", .other,
                "the recovery record was sealed under root key \(found), which is not the vault's",
                next:
                    "where advault list says interrupted or reconnect, the member has to connect again: advault reconnect NAME"
            )
        case .noRow:
            self.init(
                "recovery-no-connection", .notFound,
                "the recovery record is of a connection that is not there",
                next: "if it was disconnected on purpose, throw the record away")
        case .doesNotOpen(let name):
            self.init(
                "recovery-altered", .other,
                "the recovery record of \(Printable.quoted(name)) does not open: it was altered, or is not this vault's",
                next: "copy the whole line again")
        case .notASpool(let path):
            self.init(
                "not-a-spool", .other, "\(Printable.quoted(path)) is not a spool of this version",
                next: "move it away; if it may hold new tokens: advault recover FILE finds them in it")
        case .waiting(let name):
            self.init(
                "recovery-waits", .notStored,
                "what was received for \(Printable.quoted(name)) waits and could not be stored",
                next: "mend the cause, then: advault recover")
        }
    }
}

enum RecoveryWords {
    /// Where a record waits; nil: in the spool.
    static func place(_ path: String?) -> String { path.map { Printable.quoted($0) } ?? "the spool" }
}

extension OperationError {
    /// Why the vault took no note of what befell the connection, and where it is noted meanwhile; nil where it is.
    var unnotedWords: String? {
        guard case .unnoted(_, let reason, let keeping) = self else { return nil }
        return "; the vault could not take note of it: \(Explanation(reason).what); \(keeping.unnotedWords)"
    }
}

extension RecoveryKeeping {
    /// Where the tokens are.
    var words: String {
        switch self {
        case .spool: "they are kept, sealed, in the spool beside the vault"
        case .file(let path): "they are kept, sealed, in \(Printable.quoted(path))"
        case .passingFile(let path):
            "they are kept, sealed, in \(Printable.quoted(path)), where nothing lasts, and in the line above"
        case .printed: "the line above is all there is of them, sealed"
        case .nowhere: "they are lost"
        }
    }

    /// The same of a provider's word on tokens that are in the vault.
    fileprivate var unnotedWords: String {
        switch self {
        case .spool: "it waits in the spool beside the vault for the next command"
        case .file(let path): "it waits in \(Printable.quoted(path)) for the next command"
        case .passingFile(let path):
            "it waits in \(Printable.quoted(path)), where nothing lasts, for the next command that looks there"
        case .printed, .nowhere: "so the next refresh takes this one for one that got no answer"
        }
    }

    var advice: String {
        switch self {
        case .spool: "mend the cause; then the next command stores them, or: advault recover"
        case .file: "mend the cause; then the next command stores them, or: advault recover"
        case .passingFile, .printed: "save that line in a file; mend the cause, then: advault recover FILE"
        case .nowhere: "mend the cause, then connect again: advault reconnect NAME"
        }
    }
}
