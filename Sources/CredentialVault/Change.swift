/// One change to the vault. `OpenVault.commit` makes it in one transaction together with its event.
///
/// A row handed in carries the version it was read at; the vault sets version and times itself.
package enum Change: ~Copyable {
    case addApp(AppRow, AppSecrets)
    /// nil: the secrets stay as they are (and are sealed anew under the changed columns).
    case replaceApp(AppRow, AppSecrets?)
    case removeApp(RowID)
    case addConnection(ConnectionRow, ConnectionSecrets)
    /// nil: the secrets stay as they are (and are sealed anew under the changed columns).
    case replaceConnection(ConnectionRow, ConnectionSecrets?)
    /// A row that `OpenVault.seal` made, or a recovery record that has opened: exactly these bytes.
    case placeConnection(RecoveryRecord)
    case removeConnection(RowID)
    case addSlot(NewSlot, label: String)
    case renameSlot(String, to: String)
    /// An event alone.
    case note
}

/// A change together with what the journal says of it.
package struct JournalledChange: ~Copyable {
    let change: Change
    let event: Event

    package init(_ change: consuming Change, _ event: Event) {
        self.change = change
        self.event = event
    }
}

/// What the journal says about a change.
package struct Event: Equatable, Sendable {
    package let operation: Operation
    package let connection: RowID?
    package let outcome: Outcome

    package init(_ operation: Operation, _ outcome: Outcome, connection: RowID? = nil) {
        self.operation = operation
        self.connection = connection
        self.outcome = outcome
    }
}
