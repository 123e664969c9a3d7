package import CredentialVault

/// `recover`: puts into the vault what was received and could not be stored: the records that wait in the spool and in
/// files of their own, and those that were printed.
package enum Recover {
    package struct Report: Equatable, Sendable {
        /// The records that were handed in, in their order.
        package let records: [OpenVault.Recovery]
        /// The records that waited: in the spool, in its order, then in files.
        package let waiting: [OpenVault.WaitingRecord]
    }

    /// - Parameters:
    ///   - text: recovery records as they were printed, with whatever stands around them (a log); nil: only what
    ///     waits.
    ///   - discarding: what waits and cannot be applied is thrown away. Not what could not be stored.
    /// - Throws: `.vault(.recovery(.malformed))` before anything is opened, where no record is whole.
    package static func run(
        _ text: String?, discarding: Bool, in context: Context
    ) throws(OperationError) -> Report {
        let records = try text.map { (text) throws(OperationError) in
            try ofVault(RecoveryRecord.all(in: text))
        }
        // Whether there is a vault is known before a key is asked for.
        _ = try context.readLocked()
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.exclusiveLock()
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked { (vault) throws(OperationError) in
                // What waits first: a record of the same connection there is the former one.
                let waiting = try context.applyWaiting(in: &vault, under: locks, discarding: discarding)
                var recoveries: [OpenVault.Recovery] = []
                for record in records ?? [] {
                    guard let record else {
                        recoveries.append(.refused(.malformed))
                        continue
                    }
                    recoveries.append(try ofVault(vault.apply(record, now: context.clock())))
                }
                return Report(records: recoveries, waiting: waiting)
            }
        }
    }
}
