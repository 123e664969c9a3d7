/// The anchors of this machine, in a folder that is handed in: what makes an older or a forged file seen where a key
/// alone would open it (FORMAT.md, Lineage).
///
/// Whoever writes holds a lock, writes anew beside, syncs and renames: a reader sees one whole table or the next. A table
/// that is there and cannot be read is refused, never taken for none.
package struct AnchorStore: Sendable {
    /// nil where the environment names none: nothing is kept then, and that is said.
    let folder: String?

    package init(folder: String?) { self.folder = folder }

    /// One line of the table.
    package struct Entry: Equatable, Sendable {
        /// Where the vault stood: a real path.
        package let path: String
        package let vault: VaultID
        package let generation: Int64
        package let epoch: Int64
    }

    package struct Forgotten: Equatable, Sendable {
        /// By path.
        package let entries: [Entry]
        /// Where the anchor file lies now when it could not be read: then all is forgotten.
        package let setAside: String?
    }

    /// Empty where there is no file yet, and where the folder is missing or out of reach: `update` says that.
    ///
    /// Throws `anchor`.
    func load() throws(VaultError) -> AnchorTable {
        guard let folder, try AnchorFile.folderIsThere(folder) else { return AnchorTable() }
        return try AnchorFile.read(in: folder) ?? AnchorTable()
    }

    /// Changes the table under the lock, durably; writes nothing when nothing changes.
    ///
    /// Throws `anchor`, `busy` after two seconds, `system`, `limit(.fileSize)`: nothing is changed then.
    func update(_ change: (inout AnchorTable) -> Void) throws(VaultError) {
        guard let folder else { throw .anchor(path: "", .noFolder) }
        try AnchorFile.makeFolder(folder)
        let lock = try AnchorLock(in: folder, wait: 2)
        try withExtendedLifetime(lock) { () throws(VaultError) in
            let former = try AnchorFile.read(in: folder) ?? AnchorTable()
            var next = former
            change(&next)
            if next != former { try AnchorFile.write(next, in: folder) }
        }
    }

    /// Forgets which vault stood at the path, and what was seen of it and of the vault that stands there now unless either
    /// is known at another path too. The file's own ID is not verified: it must not make this machine forget a vault
    /// that lies elsewhere.
    ///
    /// An anchor file that cannot be read is moved aside. Throws `anchor` for the folder, `busy`, `system`.
    package func forget(path: String) throws(VaultError) -> Forgotten {
        guard let folder else { throw .anchor(path: "", .noFolder) }
        guard try AnchorFile.folderIsThere(folder) else { return Forgotten(entries: [], setAside: nil) }
        let real = (try? FileRules.resolve(path)) ?? path
        let standing = try? Vault.readLocked(at: path).header.id
        do {
            var entries: [Entry] = []
            try update { table in
                let former = table
                table.forget(at: real, standing: standing)
                entries = former.entries.filter { !table.entries.contains($0) }
            }
            return Forgotten(entries: entries, setAside: nil)
        } catch .anchor {
            return Forgotten(entries: [], setAside: try AnchorFile.setAside(in: folder))
        }
    }
}

extension AnchorTable {
    fileprivate mutating func forget(at path: String, standing: VaultID?) {
        let former = paths[path]
        forget(path: path)
        for vault in [former, standing] {
            if let vault, !paths.values.contains(vault) { forget(vault) }
        }
    }

    fileprivate var entries: [AnchorStore.Entry] {
        paths.sorted { $0.key < $1.key }.compactMap { path, vault in
            anchors[vault].map {
                .init(path: path, vault: vault, generation: $0.generation, epoch: $0.epoch)
            }
        }
    }
}
