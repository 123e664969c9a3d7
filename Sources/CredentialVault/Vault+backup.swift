extension Vault {
    /// Copies the vault as it stands at one moment into one new file, without a key: page for page, so that every row
    /// and every table's text is the same to the byte. Others may write meanwhile; the copy is of before.
    ///
    /// The copy is built under another name, checked by the keyless rules and by a walk over its journal, synced, and
    /// only then given its name, never over another file. Nothing is left of one that failed. The vault is only read.
    ///
    /// Throws `copy` for the file, `damaged(.chain)`, `system`, and what `readLocked` throws.
    package static func backUp(at path: String, to file: String) throws(VaultError) -> LockedVault {
        let source = try FileRules.check(path)
        let target = try CopyFile.place(file, of: source)
        let temporary = target + ".new-" + (try Hexadecimal.encode(RowID.random().bytes))
        try FileRules.createEmpty(temporary)
        do throws(VaultError) {
            let copied = try copy(source, to: temporary)
            try check(temporary, is: copied)
            try FileRules.sync(temporary)
            do { try FileRules.publish(temporary, as: target) } catch .alreadyExists {
                throw .copy(path: file, .exists)
            }
            return LockedVault(copied)
        } catch {
            CopyFile.remove(temporary)
            throw error
        }
    }

    private static func copy(_ source: String, to temporary: String) throws(VaultError) -> Snapshot {
        let database = try Database(at: source, .readOnly)
        return try database.transaction(.read) { () throws(VaultError) in
            let snapshot = try Snapshot.readInTransaction(database)
            try database.copyPages(to: Database(at: temporary, .readWrite))
            return snapshot
        }
    }

    /// Opened anew, as whoever restores it will.
    private static func check(_ copy: String, is expected: Snapshot) throws(VaultError) {
        let database = try Database(at: copy, .readWrite)
        let found = try Snapshot.read(database)
        guard found.header == expected.header, found.manifest == expected.manifest,
            try found.content() == expected.content()
        else { throw .damaged(.readBack) }
        let walk = try Journal.walk(database, from: found.journal, vault: found.header.id)
        if let seq = walk.brokenAt { throw .damaged(.chain(seq: seq)) }
        guard walk.ends == found.journal else { throw .damaged(.readBack) }
        // One file alone: nothing was written, so nothing is lost with the empty -wal.
        try database.removeWALOnClose()
    }
}
