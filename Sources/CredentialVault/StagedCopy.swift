/// A copy that was taken in beside the place where it shall stand: to be verified, marked and published. Goes with
/// this value unless it was published.
///
/// Whoever has one holds `VaultLocks.exclusive` for the place.
package struct StagedCopy: ~Copyable {
    /// The copy's own path for as long as it is not published; no symbolic link in it.
    package let path: String
    /// Where it shall stand.
    private let place: String
    /// What stands there now.
    package let standing: StandingVault
    private var isPublished = false

    /// Reads the file into the folder of `vault`. Throws `copy`, `refusedFile` for what the vault may not stand on,
    /// `newerFormat` where the standing one is newer, `damaged(.limits)`, `system`.
    package static func take(_ file: String, for vault: String) throws(VaultError) -> StagedCopy {
        let place = try FileRules.resolve(vault)
        let standing = try StandingVault.look(at: place)
        let path = place + ".restoring-" + (try Hexadecimal.encode(RowID.random().bytes))
        if let given = try FileRules.standing(file)?.file, try given == FileRules.standing(place)?.file {
            throw .copy(path: file, .isTheVault)
        }
        try FileRules.createEmpty(path)
        let copy = StagedCopy(path: path, place: place, standing: standing)
        try CopyFile.read(file, into: path)
        return copy
    }

    private init(path: String, place: String, standing: StandingVault) {
        (self.path, self.place, self.standing) = (path, place, standing)
    }

    deinit { if !isPublished { CopyFile.remove(path) } }

    /// The folder that a vault is to be put into: made where there is none, as `create` does.
    package static func prepareFolder(of vault: String) throws(VaultError) {
        let folder = FileRules.split(vault).folder
        try FileRules.makeFolder(folder)
        try FileRules.checkFolder(folder)
    }

    /// Puts the copy into its place, and what stood there aside under a name with the stamp. Returns that path; nil
    /// where nothing stood there.
    ///
    /// At every moment the place holds the one or the other, whole: the two change names in one step. The copy is one
    /// file alone by then (`OpenVault.gather`).
    package mutating func publish(stamp: String) throws(VaultError) -> String? {
        try FileRules.sync(path)
        // Between the two names there may be a loss of power: until the exchange the aside name holds the copy.
        let aside = try freeName(stamp)
        let hadVault = try clearPlace(aside)
        guard hadVault else {
            try FileRules.publish(path, as: place)
            isPublished = true
            return nil
        }
        try FileRules.publish(path, as: aside)
        do throws(VaultError) {
            if try !FileRules.exchange(aside, place) { try replaceWithoutExchange(aside) }
        } catch {
            // As before: a name that says "before" must not stand on the copy.
            try? FileRules.move(aside, to: path)
            throw error
        }
        isPublished = true
        try FileRules.syncFolder(of: place)
        return aside
    }

    /// On a file system that cannot exchange names: the former file gets its second name first. A crash right after
    /// that leaves it with two, which is refused until one is removed; nothing is lost.
    private func replaceWithoutExchange(_ aside: String) throws(VaultError) {
        try FileRules.move(aside, to: path)
        try FileRules.addName(aside, to: place)
        do { try FileRules.replace(place, by: path) } catch {
            FileRules.remove(aside)
            throw error
        }
    }

    private func freeName(_ stamp: String) throws(VaultError) -> String {
        let name = place + ".before-restore-" + stamp
        for number in 1...99 {
            let free = number == 1 ? name : "\(name)-\(number)"
            let isTaken = [try FileRules.standing(free), try FileRules.standing(free + "-wal")]
            if isTaken.allSatisfy({ $0 == nil }) { return free }
        }
        throw .alreadyExists(path: name)
    }

    /// Takes away what SQLite would play into the file that is about to stand there. Whether a file stands there.
    ///
    /// What can be read gets its -wal moved in; of what cannot, the -wal is put aside beside it.
    private func clearPlace(_ aside: String) throws(VaultError) -> Bool {
        let wal = place + "-wal"
        if case .readable = standing {
            let database = try Database(at: place, .readWrite)
            try database.emptyWAL()
            try database.removeWALOnClose()
        }
        if let left = try FileRules.standing(wal) {
            guard left.size == 0 else {
                // A reader has begun meanwhile, or the vault cannot be read.
                if case .readable = standing { throw .busy(holder: nil) }
                try FileRules.publish(wal, as: aside + "-wal")
                FileRules.remove(place + "-shm")
                return try FileRules.standing(place) != nil
            }
            FileRules.remove(wal)
        }
        FileRules.remove(place + "-shm")
        return try FileRules.standing(place) != nil
    }
}

/// What stands where a copy is to be restored to. Unverified.
package enum StandingVault: Equatable, Sendable {
    case nothing
    case readable(LockedVault)
    /// Damaged, or on a disk that gives errors.
    case unreadable(VaultError)

    /// Throws what has to be mended first: the file rules, a newer format, a lock.
    static func look(at place: String) throws(VaultError) -> StandingVault {
        do throws(VaultError) { return .readable(try Vault.readLocked(at: place)) } catch {
            if case .noVault = error { return .nothing }
            guard error.isBrokenFile else { throw error }
            return .unreadable(error)
        }
    }
}

extension VaultError {
    /// The file's own fault: it is damaged, or its disk gives errors (EIO).
    fileprivate var isBrokenFile: Bool {
        if case .damaged = self { return true }
        if case .system(_, path: _, errno: 5) = self { return true }
        return false
    }
}
