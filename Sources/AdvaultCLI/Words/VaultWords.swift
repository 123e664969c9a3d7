internal import CredentialVault

extension VaultError.SystemStep {
    /// Between "could not" and the path.
    var words: String {
        switch self {
        case .open: "open"
        case .create: "make"
        case .lock: "lock"
        case .stat: "look at"
        case .sync: "write to the disk"
        case .read: "read"
        case .write: "write"
        case .mkdir: "make the folder"
        case .database: "use the database"
        }
    }
}

extension VaultError.Damage {
    /// Continues "the vault is damaged: …".
    var words: String {
        switch self {
        case .notAVault: "the file is no vault"
        case .sqlite(let code): "SQLite reports error \(code)"
        case .schema: "its tables are not those of a vault"
        case .row(let table, let column):
            "\(Printable.bare(column.name)) in table \(table.rawValue) is not what it must be"
        case .content: "its rows do not add up to what the header says"
        case .limits: "it is larger than a vault may be"
        case .chain(let seq): "event \(seq) of the journal does not follow from the one before it"
        case .readBack: "what was written came back otherwise"
        }
    }
}

extension VaultError.Tampering {
    /// Continues "the vault was tampered with: …".
    var words: String {
        switch self {
        case .root: "a slot leads to a root key that is not the vault's"
        case .lineage: "the root keys do not sign one another"
        case .manifest: "its rows were changed without a key"
        case .chain: "the journal does not hold together"
        case .slot: "a slot's two halves do not belong together"
        case .anotherVault(let found): "it is vault \(found.text)"
        case .rollback(let rollback): rollback.words
        case .row(let table, let name): "\(table.words) \(Printable.quoted(name)) does not open"
        }
    }
}

extension VaultError.Limit {
    var words: String {
        switch self {
        case .apps: "10,000 apps"
        case .connections: "100,000 connections"
        case .slots: "64 slots"
        case .passphraseSlots: "8 passphrase slots"
        case .text: "a text has at most 1,024 bytes"
        case .scopes: "scopes have at most 4,096 bytes"
        case .secret: "a secret has 1 to 7,000 bytes"
        case .account: "an account has at most 256 bytes"
        case .padded: "the secrets of one row have at most 16,383 bytes"
        case .integer: "a number is out of range"
        case .fileSize: "the file has at most 1 GiB"
        case .generations: "1,000 root keys, one after the other"
        }
    }

    var advice: String {
        switch self {
        case .generations: "move its apps and connections to another vault: advault init --vault PATH"
        case .apps, .connections: "start another vault with: advault init --vault PATH"
        case .slots: "take out one that nobody needs: advault key remove LABEL"
        case .passphraseSlots: "enrol a machine key, or take a passphrase out: advault key remove LABEL"
        case .text, .scopes, .secret: "shorten it"
        case .account, .padded, .integer: "please report this: no value that advault makes is so large"
        case .fileSize: "start another vault with: advault init --vault PATH"
        }
    }
}

extension VaultError.Table {
    var words: String {
        switch self {
        case .vault: "vault"
        case .lineage: "root key"
        case .slot: "key slot"
        case .app: "app"
        case .connection: "connection"
        case .event: "event"
        }
    }

    var article: String {
        switch self {
        case .vault, .lineage, .slot, .connection: "a \(words)"
        case .app, .event: "an \(words)"
        }
    }

    /// The command that shows what is there.
    var listing: String {
        switch self {
        case .slot: "advault key list"
        case .app: "advault app list"
        case .vault, .lineage, .connection, .event: "advault list"
        }
    }
}
