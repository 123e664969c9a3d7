/// A number with its noun.
enum Count {
    /// `1 app`, `2 apps`.
    static func words(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}
