internal import CredentialVault
internal import Operations
internal import Secrets

extension Explanation {
    init(_ fault: VaultError.AppFileFault) {
        switch fault {
        case .malformed:
            self.init(
                "app-file", .other,
                "this is no whole app file: it was cut off or altered on its way, or is something else",
                next: "it is one line that begins with ADVAULT-APP-1; have it sent again, as a file")
        case .tooLarge:
            self.init(
                "app-file", .other, "this is no app file: it is over \(AppFile.maximumBytes) bytes",
                next: "name the file that advault app export made")
        case .newerVersion(let version):
            self.init(
                "app-file-version", .newerFormat,
                "the app file is of version \(version), and this program knows 1", next: "update advault")
        case .anotherReceiver(let key, let holder):
            self.init(
                "app-file-receiver", .wrongKey,
                "the app file is sealed to \(MachineKey.publicText(of: key)), \(holder.words)",
                next: holder.advice)
        case .doesNotOpen:
            self.init(
                "app-file-altered", .other, "the app file does not open: it was altered, or badly made",
                next: "have it made and sent again")
        }
    }

    init(_ value: AppImportDraft.Value) {
        let code = "app-file-value"
        guard value != .name else {
            self.init(
                code, .other, "the name in the app file is none that an app can have here",
                next: "give it one: --name NAME")
            return
        }
        self.init(
            code, .other, "the \(value.words) in the app file is none that its provider's apps can have",
            next: "have the sender look at the app (advault app show NAME) and make the file again")
    }
}

extension VaultError.KeyHolder {
    /// Continues "the app file is sealed to …".
    fileprivate var words: String {
        switch self {
        case .noSlot: "and no key here is that one"
        case .slot(_, let label): "the key of slot \(Printable.quoted(label)), and another one is in hand"
        }
    }

    fileprivate var advice: String {
        switch self {
        case .noSlot:
            "name the machine key that it belongs to: --app-key-file FILE; or have the app sealed to a key of "
                + "this vault: advault key list"
        case .slot(.passphrase, let label):
            "open the vault with that slot's passphrase: --slot \(Printable.argument(label))"
        case .slot(.machine, _):
            "open the vault with that machine's key: --key-file FILE; or name it beside yours: --app-key-file FILE"
        }
    }
}

extension AppImportDraft.Value {
    fileprivate var words: String {
        switch self {
        case .name: "name"
        case .clientID: "client ID"
        case .redirectURI: "redirect URI"
        case .scopes: "list of scopes"
        case .clientSecret: "client secret"
        }
    }
}
