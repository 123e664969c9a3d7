internal import CredentialVault

extension Explanation {
    init(_ error: VaultError) {
        switch error {
        case .noVault(let path):
            self.init(
                "no-vault", .notFound, "there is no vault at \(Printable.quoted(path))",
                next: "make one with: advault init; or name it: --vault PATH, ADVAULT_VAULT")
        case .alreadyExists(let path):
            self.init(
                "exists", .other, "something stands at \(Printable.quoted(path)) already; it was not touched",
                next: "name another place with --vault PATH, or move away what stands there")
        case .refusedFile(let path, let fault): self.init(path, fault)
        case .system(let step, let path, let number):
            self.init(
                "system", .other,
                "could not \(step.words) \(Printable.quoted(path)): \(words(ofErrno: number))",
                next: "nothing was changed; mend the cause and run the command again")
        case .busy(let holder, let held):
            let by = holder.map { " by process \($0)" } ?? " by another process"
            self.init(
                "busy", .busy, "the \(held.rawValue) is in use\(by)", next: "try again when it has ended",
                retryable: true)
        case .damaged(let damage):
            self.init(
                "damaged", .damaged, "the vault is damaged: \(damage.words)",
                next:
                    "nothing was changed; put back a copy, which keeps this one beside it: advault restore FILE"
            )
        case .tampered(let tampering): self.init(tampering)
        case .wrongKey(let kind): self.init(wrong: kind)
        case .newerFormat(let format):
            self.init(
                "newer-format", .newerFormat, "the vault is of format \(format), and this program knows 1",
                next: "update advault")
        case .tooCostly(let slots, _):
            self.init(
                "too-costly", .usage, "trying all \(slots) passphrase slots would cost more than is allowed",
                next: "name the one to try: --slot LABEL (advault key list shows them)")
        case .noSlot(let label):
            self.init(
                "no-slot", .usage, "no slot is called \(Printable.quoted(label))",
                next: "list them with: advault key list")
        case .lastSlot(let label):
            self.init(
                "last-slot", .usage,
                "\(Printable.quoted(label)) is the last key: without it nobody opens this vault again",
                next: "enrol another first: advault key add; or give it another key: advault key change")
        case .changedMeanwhile:
            self.init(
                "changed-meanwhile", .busy, "another process changed the same row meanwhile",
                next: "run the command again", retryable: true)
        case .nameTaken(let table, let name):
            self.init(
                "name-taken", .usage, "the name \(Printable.quoted(name)) is taken by another \(table.words)",
                next: "choose another name; see: \(table.listing)")
        case .publicKeyTaken(let label):
            self.init(
                "key-taken", .usage, "this key opens the vault already, by slot \(Printable.quoted(label))",
                next: "make another with: advault key generate --out FILE")
        case .limit(let limit):
            self.init("limit", .usage, "the vault takes no more: \(limit.words)", next: limit.advice)
        case .invalidText(let table, let column):
            self.init(
                "invalid-text", .usage,
                "\(column) of \(table.article) is empty or holds characters that no name may have",
                next: "use letters, digits and . _ - @ without control characters")
        case .appInUse(let connections):
            let those = connections == 1 ? "1 connection uses" : "\(connections) connections use"
            self.init(
                "app-in-use", .usage, "\(those) this app",
                next: "disconnect first; see: advault list")
        case .passphraseLength(let bytes):
            self.init(
                "passphrase-length", .usage, "a passphrase has 1 to 1024 bytes, this one has \(bytes)",
                next: "choose another passphrase")
        case .copy(let path, let fault): self.init(path, fault)
        case .recovery(let fault): self.init(fault)
        case .appFile(let fault): self.init(fault)
        case .anchor(let path, let fault): self.init(path, fault)
        case .secrets(let error): self.init(error)
        }
    }

    private init(wrong kind: SlotKind) {
        switch kind {
        case .passphrase:
            self.init(
                "wrong-key", .wrongKey, "the passphrase is wrong, or this slot was altered",
                next: "check the passphrase, and that it is this vault's: advault key list")
        case .machine:
            self.init(
                "wrong-key", .wrongKey, "the machine key opens no slot of this vault",
                next: "compare its public key with: advault key list; enrol it with: advault key add")
        }
    }

    private init(_ tampering: VaultError.Tampering) {
        let next = "nothing was changed; keep the file, find out who wrote to it, and put back a copy"
        switch tampering {
        case .anotherVault(let found):
            self.init(
                "another-vault", .damaged,
                "this is not the vault that is pinned, or that stood here before; its ID is \(found.text)",
                next:
                    "check --vault, and --vault-id or ADVAULT_VAULT_ID; if you put another vault here yourself: advault doctor --forget-anchor"
            )
        case .rollback(let rollback): self.init(rollback)
        case .root, .lineage, .manifest, .chain, .slot, .row:
            self.init("tampered", .damaged, "the vault was tampered with: \(tampering.words)", next: next)
        }
    }

    private init(_ path: String, _ fault: VaultError.FileFault) {
        let shown = Printable.quoted(path)
        let code = "refused-file"
        switch fault {
        case .symbolicLink:
            self.init(code, .other, "\(shown) is a symbolic link", next: "name the file itself")
        case .folder:
            self.init(
                code, .other, "\(shown) is a folder, and a vault is a file",
                next: "name a file in it: --vault \(Printable.quoted(path + "/vault.db"))")
        case .notRegular:
            self.init(
                code, .other, "\(shown) is not a regular file", next: "name another place with --vault PATH")
        case .foreignOwner:
            self.init(
                code, .other, "\(shown) belongs to another user",
                next: "run as its owner, or take it over: chown")
        case .hardLinks:
            self.init(
                code, .other, "\(shown) has more than one name (hard links)", next: "remove the other names")
        case .wideMode:
            self.init(code, .other, "others may open \(shown)", next: "close it: chmod 600 \(shown)")
        case .folderMissing:
            self.init(
                code, .other, "the folder \(shown) does not exist",
                next: "make it: mkdir -m 700 \(Printable.argument(path))")
        case .folderWideMode:
            self.init(
                code, .other, "the folder \(shown) is open to others",
                next: "close it: chmod 700 \(Printable.argument(path))")
        case .folderForeignOwner:
            self.init(
                code, .other, "the folder \(shown) belongs to another user",
                next: "put the vault into a folder of your own")
        case .networkFileSystem:
            self.init(
                code, .other, "\(shown) is on a network file system, whose locks cannot be relied on",
                next: "put the vault on a local disk")
        case .locksWithoutEffect:
            self.init(
                code, .other, "the file system gives the lock \(shown) to two holders at once",
                next: "put the vault on a local disk")
        case .noLocks:
            self.init(
                code, .other, "the file system has no lock for \(shown)",
                next: "put the vault on a local disk")
        case .lockReplaced:
            self.init(
                code, .other, "the lock file \(shown) was removed or replaced while it was in use",
                next: "keep other programs away from it, and run the command again")
        case .rollbackJournal:
            self.init(
                code, .damaged, "a rollback journal stands beside \(shown), and advault leaves none",
                next: "find out who put it there; move \(Printable.quoted(path + "-journal")) away")
        }
    }
}
