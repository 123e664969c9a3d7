package import CredentialVault

/// `audit`: who did what, when, with which outcome. The vault stays locked, so only the chain of the events is checked,
/// and nothing here is verified.
package enum Audit {
    package struct Entry: Equatable, Sendable {
        package let seq: Int64
        /// Unix seconds.
        package let at: Int64
        /// The key slot that was open; nil where none is written down.
        package let slot: Named?
        package let operation: CredentialVault.Operation
        package let connection: Named?
        package let outcome: Outcome
    }

    /// A slot or a connection of an event.
    package enum Named: Equatable, Sendable {
        /// As it is called now.
        case known(String)
        /// It is gone; the 32 hexadecimal digits of its ID are left.
        case gone(String)
    }

    package struct Filter: Equatable, Sendable {
        /// Events of this time and later, Unix seconds.
        package var since: Int64?
        /// A connection's name, or the ID of one that is gone.
        package var connection: String?

        package init(since: Int64? = nil, connection: String? = nil) {
            (self.since, self.connection) = (since, connection)
        }
    }

    /// Hands out the events that the filter lets through, oldest first, as far as the chain holds. The chain is walked
    /// whole, whatever the filter.
    ///
    /// - Parameter begin: called once before the first event, with the labels of the slots that there are.
    package static func run(
        _ filter: Filter, in context: Context, begin: (_ vault: VaultHeader?, _ labels: [String]) -> Void,
        each: (Entry) -> Void
    ) throws(OperationError) -> JournalSpan {
        let locked = try readLocked(context)
        let slots = names(locked?.slots.map { ($0.id, $0.label) })
        let connections = names(locked?.connections.map { ($0.id, $0.name) })
        let wanted = try filter.connection.map { (name) throws(OperationError) in
            try connection(name, in: locked)
        }
        begin(locked?.header, slots.values.sorted())
        return try ofVault(
            Vault.walkJournal(at: context.vaultPath) { event in
                if let since = filter.since, event.at < since { return }
                if let wanted, event.connectionID != wanted { return }
                each(
                    Entry(
                        seq: event.seq, at: event.at, slot: event.slotID.map { named($0, slots) },
                        operation: event.operation,
                        connection: event.connectionID.map { named($0, connections) },
                        outcome: event.outcome))
            })
    }

    /// nil where the newest event does not hold: the walk will say at which number.
    private static func readLocked(_ context: Context) throws(OperationError) -> LockedVault? {
        do throws(OperationError) { return try context.readLocked() } catch {
            guard case .vault(.damaged(.row(.event, let column))) = error, column.name == "chain" else {
                throw error
            }
            return nil
        }
    }

    private static func names(_ rows: [(RowID, String)]?) -> [RowID: String] {
        Dictionary(rows ?? []) { first, _ in first }
    }

    private static func named(_ id: RowID, _ names: [RowID: String]) -> Named {
        names[id].map { .known($0) } ?? .gone(id.text)
    }

    private static func connection(
        _ name: String, in locked: LockedVault?
    ) throws(OperationError) -> RowID {
        guard let id = locked?.connection(named: name)?.id ?? RowID(text: name) else {
            throw .noConnection(name)
        }
        return id
    }
}
