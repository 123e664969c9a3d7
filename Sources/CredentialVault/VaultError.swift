package import Secrets

/// Why the vault did not do what was asked. Facts only; words and exit codes are the command line's.
package enum VaultError: Error, Equatable, Sendable {
    /// There is no vault at the path.
    case noVault(path: String)
    /// Something stands at the path already; `create` never overwrites.
    case alreadyExists(path: String)
    /// The path, its folder or a companion file is not what a vault may stand on.
    case refusedFile(path: String, FileFault)
    /// A system call failed.
    case system(SystemStep, path: String, errno: Int32)
    /// Another process holds it, or SQLite stayed busy, for longer than the bounded wait.
    case busy(holder: Int32?, Held = .vault)
    /// Broken without a sign of intent: FORMAT.md, three answers.
    case damaged(Damage)
    /// A slot opened, then something did not hold: FORMAT.md, three answers.
    case tampered(Tampering)
    /// `content` matches and no slot opens. For a passphrase this is also what an altered slot looks like.
    case wrongKey(SlotKind)
    /// The file says a format newer than 1.
    case newerFormat(Int64)
    /// Opening would cost more than FORMAT.md P9 allows: name one slot.
    case tooCostly(slots: Int, sumOfN: Int64)
    case noSlot(label: String)
    /// A vault has at least one slot: the last one is never removed.
    case lastSlot(label: String)
    /// The row that was to be changed is gone or is another version than the one that was read.
    case changedMeanwhile
    case nameTaken(Table, String)
    case publicKeyTaken(label: String)
    case limit(Limit)
    case invalidText(Table, column: String)
    case appInUse(connections: Int)
    case passphraseLength(bytes: Int)
    /// The file of a backup is not what it may be.
    case copy(path: String, CopyFault)
    /// A recovery record, or the spool that holds such records, is not what it must be.
    case recovery(RecoveryFault)
    /// The file of an app that was handed over is not what it must be.
    case appFile(AppFileFault)
    /// What this machine keeps of the vaults that it has seen cannot be trusted, or cannot be kept.
    case anchor(path: String, AnchorFault)
    case secrets(SecretsError)

    package enum Held: String, Equatable, Sendable {
        case vault, connection
        /// Every place of it, or the one that is needed.
        case spool
    }

    package enum RecoveryFault: Equatable, Sendable {
        /// No recovery record: cut off, altered, or something else.
        case malformed
        case anotherVault(found: VaultID)
        /// Sealed under a root key that was replaced since, or is not the file's yet.
        case anotherGeneration(found: Int64)
        /// The connection is gone: its row was deleted since.
        case noRow
        /// It does not open: altered, or sealed by somebody without the key.
        case doesNotOpen(connection: String)
        /// Something else than a spool of this version stands at the spool's path.
        case notASpool(path: String)
        /// A record of this connection waits in the spool and could not be applied.
        case waiting(connection: String)
    }

    package enum AppFileFault: Equatable, Sendable {
        /// No app file: cut off, altered, or something else.
        case malformed
        /// Over 79,000 bytes.
        case tooLarge
        /// Made by a program that writes a version above 1.
        case newerVersion(Int)
        /// Sealed to this public key, which is not the one in hand; whose it is.
        case anotherReceiver([UInt8], KeyHolder)
        /// Sealed to the key in hand, and altered since or badly made.
        case doesNotOpen
    }

    package enum KeyHolder: Equatable, Sendable {
        case noSlot
        /// The slot of the vault at hand that is called so.
        case slot(SlotKind, label: String)
    }

    package enum AnchorFault: Equatable, Sendable {
        case file(FileFault)
        case unreadable(errno: Int32)
        case malformed
        /// Over 1 MiB.
        case tooLarge
        /// The environment names no folder.
        case noFolder
    }

    package enum CopyFault: String, Equatable, Sendable {
        /// Something stands there; a backup never overwrites.
        case exists
        /// The vault itself, or a file of it.
        case isTheVault
        case folder, folderMissing
        /// `-`, or nothing: a backup is a file with a name.
        case noName
        /// What is to be restored is not there.
        case missing
        case notRegular
        /// A -wal or a rollback journal with something in it stands beside: the file alone is not the whole.
        case notAlone
    }

    package enum FileFault: String, Equatable, Sendable {
        case symbolicLink, folder, notRegular, foreignOwner, hardLinks, wideMode, folderMissing
        case folderWideMode, folderForeignOwner, networkFileSystem
        /// The kernel gave one lock to two holders: nothing here would keep two processes apart.
        case locksWithoutEffect
        /// The file system gives no locks at all.
        case noLocks
        /// The `.lock` is not the file that was opened any more: a lock on it keeps out nobody who comes later.
        case lockReplaced
        /// A rollback journal stands beside the file. advault never leaves one; SQLite would play it back.
        case rollbackJournal
    }

    package enum SystemStep: String, Equatable, Sendable {
        case open, create, lock, stat, sync, read, write, mkdir, database
    }

    package enum Damage: Equatable, Sendable {
        case notAVault
        case sqlite(code: Int32)
        case schema
        case row(Table, Column)
        case content
        case limits
        /// The event of this number does not follow from the one before it.
        case chain(seq: Int64)
        /// Written, read back, and not the same.
        case readBack

        package struct Column: Equatable, Sendable { package let name: String }
    }

    package enum Tampering: Equatable, Sendable {
        case root, lineage, manifest, chain, slot
        /// Not the pinned one, or not the one that stood at the path before.
        case anotherVault(found: VaultID)
        /// Whole and verified, and older than what this machine has seen or beside it.
        case rollback(Rollback)
        case row(Table, name: String)
    }

    package enum Limit: String, Equatable, Sendable {
        case apps, connections, slots, passphraseSlots, text, scopes, secret, account, padded, integer,
            fileSize, generations
    }

    package enum Table: String, Equatable, Sendable, CaseIterable {
        case vault, lineage, slot, app, connection, event
    }
}

/// An error that can carry a `VaultError`, so that a closure which is lent an open vault may throw its own.
package protocol VaultFailure: Error {
    init(_ error: VaultError)
}

extension VaultError: VaultFailure {
    package init(_ error: VaultError) { self = error }
}
