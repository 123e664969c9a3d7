/// A lifetime in seconds as an answer gives it: a number, or a string that holds one.
struct Lifetime: Equatable {
    /// nil: unknown, or not believed.
    let seconds: Int64?
    let isPlausible: Bool

    /// Over a century is no lifetime, and could overflow when it is added to a clock.
    private static let longest: Int64 = 100 * 366 * 86_400

    /// Never fails: a token that came must not be thrown away for a silly lifetime beside it.
    static func read(_ field: String, _ json: AnswerJSON, _ answer: borrowing HTTPAnswer) -> Lifetime {
        guard json.isPresent(field, in: answer) else { return Lifetime(seconds: nil, isPlausible: true) }
        guard let seconds = json.integer(field, in: answer), (1...longest).contains(seconds) else {
            return Lifetime(seconds: nil, isPlausible: false)
        }
        return Lifetime(seconds: seconds, isPlausible: true)
    }

    /// Itself, or marked and unknown where it lies outside of the range.
    func believed(in range: ClosedRange<Int64>) -> Lifetime {
        guard let seconds, !range.contains(seconds) else { return self }
        return Lifetime(seconds: nil, isPlausible: false)
    }
}
