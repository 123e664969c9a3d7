private import Secrets

extension OpenVault {
    /// Makes one change and its event in one transaction, and reads the written row back.
    ///
    /// The new manifest is made of the digests verified in memory and the row being written, never of what the
    /// file holds at that moment, so nothing that was altered in between is blessed. When this throws, the file
    /// and this value are as before (but for `damaged(.readBack)`). Throws `changedMeanwhile` when a row is not
    /// at the version that was handed in, `nameTaken`, `limit`, `invalidText`, `appInUse`, `busy`, `system`.
    /// - Parameter other: a second one, of another row, in the same transaction: both are made, in this order, or
    ///   neither. It was made ready for the vault as this value knows it: where another process has written since,
    ///   nothing is changed, and `changedMeanwhile` is thrown.
    package mutating func commit(
        _ change: consuming Change, _ event: Event, with other: consuming JournalledChange? = nil, now: Int64
    ) throws(VaultError) {
        try readBack(commitUnread(change, event, with: other, now))
    }

    package mutating func commit(_ change: consuming JournalledChange, now: Int64) throws(VaultError) {
        try commit(change.change, change.event, now: now)
    }

    /// The transaction alone.
    mutating func commitUnread(
        _ change: consuming Change, _ event: Event, with other: consuming JournalledChange? = nil,
        _ now: Int64
    ) throws(VaultError) -> Written {
        try database.begin(.write)
        let written: Written
        do throws(VaultError) {
            let seen = snapshot.header.epoch
            try refreshInWrite()
            if Self.isThere(other), snapshot.header.epoch != seen { throw .changedMeanwhile }
            written = try write(change, event, other, now)
            try database.commit()
        } catch {
            database.rollback()
            throw error
        }
        snapshot = written.snapshot
        return written
    }

    private mutating func write(
        _ change: consuming Change, _ event: Event, _ other: consuming JournalledChange?, _ now: Int64
    ) throws(VaultError) -> Written {
        var next = snapshot
        next.header.epoch = try nextEpoch()
        var edits = [try make(change, event, in: &next, now)]
        switch consume other {
        case .some(let other): edits.append(try make(other.change, other.event, in: &next, now))
        case .none: break
        }
        try prune(&next.journal)
        let content = try next.content()
        next.manifest = try root.manifest(of: next, content: content)
        let header = next.headerValues(content: content, manifest: next.manifest)
        try database.updateHeader(header)
        return Written(snapshot: next, edits: edits, header: header)
    }

    private static func isThere(_ change: borrowing JournalledChange?) -> Bool {
        switch change {
        case .some: true
        case .none: false
        }
    }

    /// One change and its event, in the tables and in the rows in memory.
    private borrowing func make(
        _ change: consuming Change, _ event: Event, in next: inout Snapshot, _ now: Int64
    ) throws(VaultError) -> Edit {
        guard next.journal.nextSeq < Int64.max else { throw .limit(.integer) }
        let edit = try apply(change, to: &next, now)
        let row = try Journal.event(
            event, slot: slot.id, at: now, after: next.journal, vault: next.header.id)
        Journal.advance(&next.journal, past: row)
        try edit.run(on: database)
        try database.insert(.event, row.values)
        return edit
    }

    /// Only the newest 100,000 events are kept; first_seq and first_chain remember where they begin.
    borrowing func prune(_ journal: inout JournalEnds) throws(VaultError) {
        while journal.nextSeq - journal.firstSeq > Limits.events {
            // Recomputed, not taken over: what goes out of sight was whole.
            guard let oldest = try Journal.read(journal.firstSeq, in: database),
                try Journal.chain(after: journal.firstChain, oldest, vault: snapshot.header.id)
                    == oldest.chain
            else { throw .tampered(.chain) }
            try database.delete(.event, .integer(journal.firstSeq))
            journal.firstSeq += 1
            journal.firstChain = oldest.chain
        }
    }

    /// Whether the file holds what was committed. Another process may have committed since: then the whole is
    /// verified anew, and a row may have gone on to another version.
    mutating func readBack(_ written: Written) throws(VaultError) {
        try database.begin(.read)
        do throws(VaultError) {
            var missing: [Edit] = []
            for edit in written.edits where try !edit.holds(in: database) { missing.append(edit) }
            if try !database.holds(.vault, .blob(snapshot.header.id.bytes), written.header) {
                guard try Snapshot.readHeader(database).0.epoch > snapshot.header.epoch else {
                    throw .damaged(.readBack)
                }
                try refreshInRead()
                for edit in missing where try !edit.isOvertaken(in: database) { throw .damaged(.readBack) }
            } else if !missing.isEmpty {
                throw .damaged(.readBack)
            }
            try database.commit()
        } catch {
            database.rollback()
            throw error
        }
    }

    // MARK: One change

    private borrowing func apply(
        _ change: consuming Change, to next: inout Snapshot, _ now: Int64
    ) throws(VaultError) -> Edit {
        switch consume change {
        case .note:
            return .nothing
        case .addApp(let row, let secrets):
            let framed = try SecretFraming.encode(secrets)
            return try add(row.stamped(version: 1, created: now, updated: now), framed, \.apps, to: &next)
        case .replaceApp(let row, let secrets):
            let old = try current(row, in: next.apps)
            let stamped = row.stamped(version: old.version + 1, created: old.createdAt, updated: now)
            switch consume secrets {
            case .some(let secrets):
                return try replace(stamped, SecretFraming.encode(secrets), \.apps, in: &next)
            case .none:
                return try replace(
                    stamped, SecretFraming.encode(self.secrets(of: old)), \.apps, in: &next)
            }
        case .removeApp(let id):
            let users = next.connections.count { $0.row.appID == id }
            guard users == 0 else { throw .appInUse(connections: users) }
            return try remove(id, \.apps, from: &next)
        case .addConnection(let row, let secrets):
            guard next.apps.place(of: row.appID) != nil else { throw .changedMeanwhile }
            let framed = try SecretFraming.encode(secrets)
            return try add(
                row.stamped(version: 1, created: now, updated: now), framed, \.connections, to: &next)
        case .replaceConnection(let row, let secrets):
            guard next.apps.place(of: row.appID) != nil else { throw .changedMeanwhile }
            let old = try current(row, in: next.connections)
            let stamped = row.stamped(version: old.version + 1, created: old.createdAt, updated: now)
            switch consume secrets {
            case .some(let secrets):
                return try replace(stamped, SecretFraming.encode(secrets), \.connections, in: &next)
            case .none:
                return try replace(
                    stamped, SecretFraming.encode(self.secrets(of: old)), \.connections, in: &next)
            }
        case .placeConnection(let record):
            return try place(record, in: &next)
        case .removeConnection(let id):
            return try remove(id, \.connections, from: &next)
        case .addSlot(let slot, let label):
            return try add(slot, label: label, to: &next, now)
        case .renameSlot(let label, let new):
            return try rename(label, to: new, in: &next)
        }
    }

    /// The verified row that a changed one replaces: same ID, same version.
    borrowing func current<Row: SealedRow & Versioned>(
        _ row: Row, in rows: KeptRows<Row>
    ) throws(VaultError) -> Row {
        guard let old = rows.row(row.id), old.version == row.version else { throw .changedMeanwhile }
        guard old.version < Int64.max else { throw .limit(.integer) }
        return old
    }

    private borrowing func add<Row: SealedRow>(
        _ row: Row, _ framed: borrowing SecretBytes, _ rows: WritableKeyPath<Snapshot, KeptRows<Row>>,
        to next: inout Snapshot
    ) throws(VaultError) -> Edit {
        try check(row, against: next[keyPath: rows])
        guard next[keyPath: rows].count < Row.limit else { throw .limit(Row.limitName) }
        let (kept, body) = try seal(row, framed)
        let place = next[keyPath: rows].placeForInserting(row.id)
        next[keyPath: rows].insert(kept, at: place)
        return .insert(Row.table, row.values + [.blob(kept.head), .blob(body)])
    }

    private borrowing func replace<Row: SealedRow>(
        _ row: Row, _ framed: borrowing SecretBytes, _ rows: WritableKeyPath<Snapshot, KeptRows<Row>>,
        in next: inout Snapshot
    ) throws(VaultError) -> Edit {
        try check(row, against: next[keyPath: rows])
        guard let place = next[keyPath: rows].place(of: row.id) else { throw .changedMeanwhile }
        let (kept, body) = try seal(row, framed)
        next[keyPath: rows][place] = kept
        return .update(Row.table, row.values + [.blob(kept.head), .blob(body)])
    }

    private borrowing func remove<Row: SealedRow>(
        _ id: RowID, _ rows: WritableKeyPath<Snapshot, KeptRows<Row>>, from next: inout Snapshot
    ) throws(VaultError) -> Edit {
        guard let place = next[keyPath: rows].place(of: id) else { throw .changedMeanwhile }
        next[keyPath: rows].remove(at: place)
        return .delete(Row.table, .blob(id.bytes))
    }

    private borrowing func add(
        _ slot: consuming NewSlot, label: String, to next: inout Snapshot, _ now: Int64
    ) throws(VaultError) -> Edit {
        try Vault.checkText(.slot, "label", label)
        guard !next.slots.contains(where: { $0.label.hasSameBytes(as: label) }) else {
            throw .nameTaken(.slot, label)
        }
        guard next.slots.count < Limits.slots else { throw .limit(.slots) }
        let row = try Slot.seal(
            slot, id: .random(), label: label, root: root.secret, vault: next.header.id,
            generation: next.header.generation, now: now
        ).row
        if let taken = next.slots.first(where: { $0.publicKey == row.publicKey }) {
            throw .publicKeyTaken(label: taken.label)
        }
        guard row.kdf == nil || next.slots.count(where: { $0.kdf != nil }) < Limits.passphraseSlots else {
            throw .limit(.passphraseSlots)
        }
        let place = next.slots.firstIndex { $0.id > row.id } ?? next.slots.count
        next.slots.insert(row, at: place)
        try next.digestSmallTables()
        return .insert(.slot, row.values)
    }

    /// A label is in none of a slot's contexts: the wrapped root and the sealed identity stay as they are.
    private borrowing func rename(
        _ label: String, to new: String, in next: inout Snapshot
    ) throws(VaultError) -> Edit {
        guard let place = next.slots.firstIndex(where: { $0.label.hasSameBytes(as: label) }) else {
            throw .noSlot(label: label)
        }
        try Vault.checkText(.slot, "label", new)
        guard !next.slots.contains(where: { $0.label.hasSameBytes(as: new) }) else {
            throw .nameTaken(.slot, new)
        }
        next.slots[place].label = new
        try next.digestSmallTables()
        return .update(.slot, next.slots[place].values)
    }

    /// Every column fits its column, and no other row has the name.
    borrowing func check<Row: SealedRow>(
        _ row: Row, against rows: KeptRows<Row>
    ) throws(VaultError) {
        for (column, value) in zip(Schema.columns(of: Row.table), row.values) where !column.admits(value) {
            throw .invalidText(Row.table, column: column.name)
        }
        // The name that the row has already was seen to be no other's.
        if let former = rows.row(row.id), former.name.hasSameBytes(as: row.name) { return }
        guard !rows.contains(where: { $0.row.name.hasSameBytes(as: row.name) }) else {
            throw .nameTaken(Row.table, row.name)
        }
    }
}
