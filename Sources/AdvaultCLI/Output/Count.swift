/// Numbers and lists in a sentence: as long as it can be read.
enum Count {
    /// `1 app`, `2 apps`.
    static func words(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }

    /// `a, b, c, d, e and 3 more`. The names are printable already.
    static func names(_ names: [String], most: Int = 5) -> String {
        let shown = names.prefix(most).joined(separator: ", ")
        return names.count > most ? "\(shown) and \(names.count - most) more" : shown
    }
}
