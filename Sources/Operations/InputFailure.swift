/// An error of the caller's own that passes through an operation unread: why no key came, why nothing was pasted.
package struct InputFailure: Equatable, Sendable {
    package let cause: any Error
    private let isSame: @Sendable (any Error) -> Bool

    package init<Cause: Error & Equatable>(_ cause: Cause) {
        self.cause = cause
        isSame = { ($0 as? Cause) == cause }
    }

    package static func == (a: InputFailure, b: InputFailure) -> Bool { a.isSame(b.cause) }
}
