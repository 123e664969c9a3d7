internal import CredentialVault
internal import Operations

/// Labels that no slot has: the answer names those that were meant.
enum KeyLabels {
    /// Runs the operation; where it finds no slot of that label, says which there are.
    static func explained<R>(
        in context: Context, _ operation: () throws(OperationError) -> R
    ) throws -> R {
        do throws(OperationError) { return try operation() } catch {
            guard case .vault(.noSlot(label: let label)) = error,
                let slots = try? Keys.list(in: context).slots
            else {
                throw error
            }
            throw CommandError.argument(.noSlot(label, there: slots.map(\.label)))
        }
    }
}
