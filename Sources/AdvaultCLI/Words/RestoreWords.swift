internal import CredentialVault

// Why a copy was not restored. Nothing was changed in any of these.
extension Explanation {
    init(notRestored error: VaultError) {
        self.init(error)
        guard !error.isOfTheFile else { return }
        let it = "the vault "
        if what.hasPrefix(it) { what = "it " + what.dropFirst(it.count) }
        what = "the copy cannot be restored: " + what
        if case .wrongKey = error {
            next = "nothing was changed; give a key that was enrolled when the copy was made"
        } else if exit == .damaged, code != "another-vault" {
            next = "nothing was changed; try another copy"
        }
    }

    /// Another vault stands where the copy was to go.
    init(standing found: VaultID, copy: VaultID) {
        self.init(
            "another-vault", .other,
            "the copy is of vault \(copy.text), and vault \(found.text) stands there",
            next: "nothing was changed; name another place with --vault PATH, or move that vault away")
    }

    /// This machine knows another vault at the place.
    init(known: VaultID, copy: VaultID) {
        self.init(
            "another-vault", .damaged,
            "the copy is of vault \(copy.text), and this machine knows vault \(known.text) at that path",
            next: "nothing was changed; if it is meant: advault doctor --forget-anchor, or pin the copy: "
                + "--vault-id \(copy.text)")
    }

    /// The copy is of before the last change of keys.
    init(_ rollback: Rollback, readmitted labels: [String]) {
        let names = labels.prefix(20).map { Printable.quoted($0) }.joined(separator: ", ")
        let opens = labels.isEmpty ? "" : "; keys that were removed or changed would open it again: \(names)"
        self.init(
            "rolled-back", .damaged,
            "the copy is behind the vault that was seen here: \(rollback.words)\(opens)",
            next: "nothing was changed; restore a newer copy, or run again with --accept-rollback")
    }
}

extension VaultError {
    /// About the backup's file itself, in words that name it.
    fileprivate var isOfTheFile: Bool {
        if case .copy = self { return true }
        return false
    }
}
