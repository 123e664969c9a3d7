/// Where a recovery record goes that the spool could not take.
package struct RecoveryFolder: Equatable, Sendable {
    package let path: String
    /// What stands there outlives the service that runs us, the session and the machine's next start: not so in folders
    /// for temporary files.
    package let isLasting: Bool

    package init(_ path: String, isLasting: Bool) { (self.path, self.isLasting) = (path, isLasting) }
}
