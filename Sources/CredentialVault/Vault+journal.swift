/// What a walk over the journal without a key found. It says that the kept events follow from one another, and
/// nothing about who wrote them: that is under the manifest (FORMAT.md, What holds the rows together).
package struct JournalSpan: Equatable, Sendable {
    package let vault: VaultHeader
    /// The seq of the oldest kept event, or of the next one while there is none.
    package let firstSeq: Int64
    /// The seq after the newest event that holds.
    package let nextSeq: Int64
    /// The first event that does not follow from the one before it; nil: the chain holds.
    package let brokenAt: Int64?
}

extension Vault {
    /// Hands out the journal's events from the oldest on, as far as the chain holds. Needs no key, and no more memory
    /// for many events than for one.
    ///
    /// Throws `noVault`, `refusedFile`, `damaged`, `newerFormat`, `busy` or `system`.
    package static func walkJournal(
        at path: String, _ each: (EventRow) -> Void
    ) throws(VaultError) -> JournalSpan {
        let database = try Database(at: FileRules.check(path), .readOnly)
        return try database.transaction(.read) { () throws(VaultError) in
            try Snapshot.checkFormat(database)
            try Snapshot.checkSchema(database)
            let (header, beginning, _, _) = try Snapshot.readHeaderRow(database)
            let walk = try Journal.walk(database, from: beginning, vault: header.id) {
                (event) throws(VaultError) in each(event)
            }
            return JournalSpan(
                vault: header, firstSeq: beginning.firstSeq, nextSeq: walk.ends.nextSeq,
                brokenAt: walk.brokenAt)
        }
    }
}
