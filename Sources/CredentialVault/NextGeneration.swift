internal import Secrets

/// The generation after the one in hand, as it is being written: its root key, and the rows under it.
struct NextGeneration: ~Copyable {
    var snapshot: Snapshot
    let root: RootKey
    /// Of a slot whose passphrase changed: made here, so that it can be tried before COMMIT.
    private var enrolled: Identity?
    /// The slot that lost its key or changed it.
    private(set) var touched: RowID?

    /// A new root, signed by the former one and wrapped to nobody yet.
    static func begin(
        after former: Snapshot, epoch: Int64, signedBy old: borrowing RootKey
    ) throws(VaultError) -> NextGeneration {
        guard former.journal.nextSeq < Int64.max else { throw .limit(.integer) }
        guard former.header.generation < Limits.generations else { throw .limit(.generations) }
        var next = former
        next.header.generation += 1
        next.header.epoch = epoch
        let (vault, generation) = (next.header.id, next.header.generation)
        let secret: SecretBytes
        do { secret = try Random.secret(32) } catch { throw .secrets(error) }
        let root = try RootKey.derive(secret, vault: vault, generation: generation)
        var row = LineageRow(generation: generation, rootPublic: root.lineage.publicKey, signature: nil)
        do { row.signature = try old.lineage.sign(Lineage.message(vault, row)) } catch {
            throw .secrets(error)
        }
        next.lineage.append(row)
        return NextGeneration(next, root)
    }

    private init(_ snapshot: Snapshot, _ root: consuming RootKey) {
        self.snapshot = snapshot
        self.root = root
        enrolled = nil
        touched = nil
    }

    /// Removes or changes the one slot, and wraps the new root to the public key of every other.
    mutating func wrap(_ rekeying: consuming Rekeying, now: Int64) throws(VaultError) {
        switch consume rekeying {
        case .rotate: break
        case .remove(let label):
            let place = try place(of: label)
            guard snapshot.slots.count > 1 else { throw .lastSlot(label: label) }
            touched = snapshot.slots.remove(at: place).id
        case .change(let label, let slot):
            try change(place(of: label), to: slot, now)
        }
        let (vault, generation) = (snapshot.header.id, snapshot.header.generation)
        for place in snapshot.slots.indices {
            try Slot.wrap(root.secret, into: &snapshot.slots[place], vault: vault, generation: generation)
        }
        try snapshot.digestSmallTables()
    }

    private func place(of label: String) throws(VaultError) -> Int {
        guard let place = snapshot.slots.firstIndex(where: { $0.label.hasSameBytes(as: label) }) else {
            throw .noSlot(label: label)
        }
        return place
    }

    /// The former key is looked for too: a machine that is enrolled anew has to bring another key.
    private mutating func change(
        _ place: Int, to slot: consuming NewSlot, _ now: Int64
    ) throws(VaultError) {
        let former = snapshot.slots[place]
        let sealed = try Slot.seal(
            slot, id: former.id, label: former.label, root: root.secret, vault: snapshot.header.id,
            generation: snapshot.header.generation, now: now)
        if let taken = snapshot.slots.first(where: { $0.publicKey == sealed.row.publicKey }) {
            throw .publicKeyTaken(label: taken.label)
        }
        snapshot.slots[place] = sealed.row
        guard snapshot.slots.count(where: { $0.kdf != nil }) <= Limits.passphraseSlots else {
            throw .limit(.passphraseSlots)
        }
        touched = former.id
        enrolled = sealed.takeIdentity()
    }

    /// Opens the new root through the slot in hand, as the next unlock will. A slot in hand that is removed, or changed
    /// to a key whose secret half is elsewhere, opens nothing here.
    borrowing func check(_ slot: RowID, with identity: borrowing Identity) throws(VaultError) {
        guard let row = snapshot.slots.first(where: { $0.id == slot }) else { return }
        guard slot == touched else { return try check(row, identity) }
        switch enrolled {
        case .some(let identity): try check(row, identity)
        case .none: return
        }
    }

    private borrowing func check(
        _ row: SlotRow, _ identity: borrowing Identity
    ) throws(VaultError) {
        let (vault, generation) = (snapshot.header.id, snapshot.header.generation)
        let secret = try Slot.unwrap(row, with: identity, vault: vault, generation: generation)
        let opened = try RootKey.derive(secret, vault: vault, generation: generation)
        guard opened.lineage.publicKey == root.lineage.publicKey,
            try Lineage.holds(snapshot.lineage, vault: vault)
        else { throw .tampered(.root) }
    }

    /// The identity of the slot in hand from now on: its new one, else nil.
    mutating func takeIdentity(of slot: RowID) -> Identity? {
        slot == touched ? enrolled.take() : nil
    }

    consuming func takeRoot() -> RootKey { root }
}

extension Rekeying {
    var operation: Operation {
        borrowing get {
            switch self {
            case .rotate: .keyRotate
            case .remove: .keyRemove
            case .change: .keyChange
            }
        }
    }
}
