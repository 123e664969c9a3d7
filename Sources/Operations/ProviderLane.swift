/// The connections of one batch whose refresh goes to the same host, and how fast that host may be asked.
///
/// A host that asks for patience, or cannot be reached, is given it by all of its connections; the other hosts'
/// connections go on.
final class ProviderLane {
    let host: String
    /// Not begun yet, in the order of the report.
    private var fresh: ArraySlice<BatchEntry>
    /// Begun before, to be tried again at their time.
    private var later: [BatchEntry] = []
    /// When the host may be asked again, by `Context.uptime`.
    private(set) var notBefore: Int64 = 0
    /// How many requests it may have in flight.
    private var places: Int
    private var inFlight = 0
    /// How many requests it has answered with something else than "later".
    private(set) var answers = 0
    /// How many requests in a row it took without a whole answer.
    private(set) var silences = 0
    /// Why the host was given up for this run.
    private(set) var givenUp: OperationError?

    init(host: String, _ entries: [BatchEntry], places: Int) {
        self.host = host
        fresh = entries[...]
        self.places = places
    }

    var isEmpty: Bool { fresh.isEmpty && later.isEmpty }

    /// The next one that may be begun.
    /// - Parameter answered: how many of those in flight have been answered, and are about to end.
    func next(at now: Int64, answered: Int = 0) -> BatchEntry? {
        guard now >= notBefore, inFlight - answered < places else { return nil }
        if let at = later.firstIndex(where: { $0.notBefore <= now }) { return later.remove(at: at) }
        return fresh.popFirst()
    }

    /// What `next` gave was not begun: it is the next one again.
    func putBack(_ entry: BatchEntry) { later.insert(entry, at: 0) }

    /// When `next` has something, as far as only time is missing; nil for an empty lane.
    var nextTime: Int64? {
        if !fresh.isEmpty { return notBefore }
        return later.map(\.notBefore).min().map { max($0, notBefore) }
    }

    func sent() { inFlight += 1 }

    /// - Parameter verdict: on its failure; nil where it did not fail.
    func ended(_ verdict: RetryRule.Verdict?) {
        inFlight -= 1
        switch verdict {
        case nil, .final: (answers, silences) = (answers + 1, 0)
        case .unknown: silences += 1
        case .unreachable, .crowded: break
        }
    }

    /// Tries a connection again later, and leaves the host alone until then.
    /// - Parameter isCrowded: the host said that it is asked too often.
    func postpone(_ entry: BatchEntry, until time: Int64, isCrowded: Bool) {
        entry.notBefore = time
        later.append(entry)
        spare(until: time, isCrowded: isCrowded)
    }

    /// Leaves the host alone: one of its connections is not tried again, and the others are not tried before.
    func spare(until time: Int64, isCrowded: Bool) {
        notBefore = max(notBefore, time)
        if isCrowded { places = max(1, places / 2) }
    }

    /// Gives up the host for this run: whatever is left. What was in other hands till now may ask `givenUp`.
    func close(because error: OperationError?) -> [BatchEntry] {
        givenUp = givenUp ?? error
        defer { (fresh, later) = ([], []) }
        return later + fresh
    }
}
