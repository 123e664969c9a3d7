/// Grants and tokens at one moment. A test that begins from the same vault many times puts both back: a spent
/// token in a vault that was put back would be a reuse.
struct Books: Sendable {
    let families: [String: Family]
    let tokens: [String: Token]
}

extension Sandbox {
    var books: Books {
        get { Books(families: families, tokens: tokens) }
        set { (families, tokens) = (newValue.families, newValue.tokens) }
    }

    /// {"name": "…"}: remembers the books, or goes back to them. The log goes on.
    func keepBooks(_ name: String) { saved[name] = books }

    /// - Throws: `ControlError.body` where none were kept under the name.
    func returnToBooks(_ name: String) throws {
        guard let former = saved[name] else { throw ControlError.body("no books are kept as \(name)") }
        books = former
        release()
        failures = []
    }
}
