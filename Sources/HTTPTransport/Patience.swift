/// How long an answer is waited for.
struct Patience {
    typealias Clock = @Sendable () -> ContinuousClock.Instant

    let now: Clock
    let deadline: ContinuousClock.Instant

    init(_ limit: Duration, by now: @escaping Clock) {
        self.now = now
        deadline = now() + limit
    }
}
