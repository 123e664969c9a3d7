/// One open vault beside what this machine has seen of it.
///
/// The anchors are always read before the file: other processes commit first and write the anchor afterwards, so what was
/// read first is never ahead of an honest file.
struct AnchorWatch {
    private let store: AnchorStore
    /// The vault's real path.
    private let path: String
    private let options: UnlockOptions
    /// As last read.
    private var known: AnchorTable
    /// What the user has set aside with `acceptRollback`.
    private var accepted: Anchor?

    /// nil where no store is given. Throws `anchor`.
    init?(_ options: UnlockOptions, path: String) throws(VaultError) {
        guard let store = options.anchor else { return nil }
        (self.store, self.path, self.options) = (store, path, options)
        known = try store.load()
    }

    /// To be called before the file is read anew.
    mutating func reload() throws(VaultError) { known = try store.load() }

    /// What was just verified, against what was read before it.
    ///
    /// Throws `tampered(.anotherVault)` where another vault stood at the path and none is pinned (a pin says which vault it
    /// is to be), and `tampered(.rollback)` unless that is accepted.
    mutating func compare(_ found: Snapshot) throws(VaultError) {
        if options.pin == nil, let known = known.paths[path], known != found.header.id {
            throw .tampered(.anotherVault(found: found.header.id))
        }
        guard let anchor = known.anchors[found.header.id], let rollback = anchor.judge(found) else { return }
        guard options.acceptRollback else { throw .tampered(.rollback(rollback)) }
        accepted = anchor
    }

    /// The highest epoch that this machine has seen of the vault; 0 for none.
    func newestEpoch(of vault: VaultID) -> Int64 { known.anchors[vault]?.newest ?? 0 }

    /// Keeps what was last verified or committed. Only forward, whoever else writes: under the lock it replaces a state
    /// that it comes after, or the very one that was set aside.
    ///
    /// Throws as `AnchorStore.update` does; nothing is written when nothing is new.
    func keep(_ seen: Snapshot) throws(VaultError) {
        let vault = seen.header.id
        guard let anchor = Anchor(of: seen, newest: newestEpoch(of: vault)) else { return }
        guard known.anchors[vault] != anchor || known.paths[path] != vault else { return }
        try store.update { table in
            let former = table.anchors[vault]
            if former == nil || former == accepted || former?.judge(seen) == nil {
                if let anchor = Anchor(of: seen, newest: former?.newest ?? 0) { table.keep(anchor) }
            }
            // Where another process has seen another vault there meanwhile, that stays.
            if table.paths[path] == nil || table.paths[path] == known.paths[path] {
                table.keep(vault, at: path)
            }
        }
    }
}

extension OpenVault {
    /// The epoch of the next write: past this file's and past every one that this machine has seen.
    ///
    /// Throws `limit(.integer)`: a vault that was forged to a machine without a pin may hold any number under a manifest
    /// that fits.
    func nextEpoch() throws(VaultError) -> Int64 {
        let newest = max(snapshot.header.epoch, watch?.newestEpoch(of: snapshot.header.id) ?? 0)
        guard newest < Int64.max else { throw .limit(.integer) }
        return newest + 1
    }

    /// Called when the vault is done with, whatever came of it: what was committed is committed.
    borrowing func keepAnchor(_ unanchored: (VaultError) -> Void) {
        do { try watch?.keep(snapshot) } catch { unanchored(error) }
    }
}
