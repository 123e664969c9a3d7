internal import CredentialVault

extension Rollback {
    /// Continues "the vault is older than this machine has seen it: …".
    var words: String {
        switch self {
        case .olderGeneration: "its root key has been replaced since"
        case .foreignLineage: "its root keys are not those that were seen"
        case .olderEpoch: "writes that were made since are missing"
        case .sameEpochOtherManifest:
            "it was written on from one state in two files, and this is the other one"
        }
    }
}

extension Explanation {
    init(_ rollback: Rollback) {
        self.init(
            "rolled-back", .damaged,
            "the vault is not the newest that this machine has seen: \(rollback.words)",
            next:
                "nothing was changed; put back the newer file, or run again with --accept-rollback if you put "
                + "this copy there yourself")
    }

    /// What the machine keeps of the vaults that it has seen.
    init(_ path: String, _ fault: VaultError.AnchorFault) {
        let (shown, code) = (Printable.quoted(path), "anchor")
        let forget = "find out who wrote to it; to begin anew: advault doctor --forget-anchor"
        switch fault {
        case .noFolder:
            self.init(
                code, .other, "the environment names no folder for the anchor",
                next: "set XDG_STATE_HOME to a folder that advault may write, or HOME")
        case .malformed:
            self.init(code, .damaged, "the anchor \(shown) is not what advault wrote", next: forget)
        case .tooLarge:
            self.init(
                code, .damaged, "the anchor \(shown) is larger than any that advault wrote", next: forget)
        case .unreadable(let number):
            self.init(
                code, .other, "could not read the anchor \(shown): \(words(ofErrno: number))",
                next: "make it readable: chmod 600; or to begin anew: advault doctor --forget-anchor")
        case .file(let fault): self.init(ofAnchor: shown, fault, orForget: forget)
        }
    }

    private init(ofAnchor shown: String, _ fault: VaultError.FileFault, orForget forget: String) {
        let code = "anchor"
        switch fault {
        case .folderWideMode:
            self.init(
                code, .other, "others may write in the folder of the anchor, \(shown)",
                next: "close the folder: chmod 700 \(shown)")
        case .folderForeignOwner:
            self.init(
                code, .other, "the folder of the anchor, \(shown), belongs to another user",
                next: "set XDG_STATE_HOME to a folder of your own")
        case .wideMode:
            self.init(
                code, .other, "others may open the anchor \(shown)",
                next: "close it: chmod 600 \(shown); if others wrote to it: advault doctor --forget-anchor")
        case .foreignOwner:
            self.init(
                code, .other, "the anchor \(shown) belongs to another user",
                next:
                    "set XDG_STATE_HOME to a folder of your own; to begin anew: advault doctor --forget-anchor"
            )
        case .symbolicLink:
            self.init(code, .other, "the anchor \(shown) is a symbolic link", next: forget)
        case .hardLinks:
            self.init(
                code, .other, "the anchor \(shown) has more than one name (hard links)",
                next: "remove the other names; " + forget)
        // The rest is of vaults and their locks; the anchor's file meets the first two of them.
        case .folder, .notRegular, .folderMissing, .networkFileSystem, .locksWithoutEffect, .noLocks,
            .lockReplaced, .rollbackJournal:
            self.init(code, .other, "the anchor \(shown) is not a regular file", next: forget)
        }
    }
}
