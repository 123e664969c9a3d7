/// Why a tour ended early.
package enum TourFailure: Error, Equatable, CustomStringConvertible {
    case noAdvault(String)
    case command(String, status: Int32)
    case noStartPage
    case browser(String)
    /// A secret was found: in which file, in which form.
    case leak([String])
    /// The search did not find what it must find.
    case blindSearch

    package var description: String {
        switch self {
        case .noAdvault(let path): "there is no advault at \(path): build it, or name it with --advault"
        case .command(let words, let status): "\(words) ended with \(status)"
        case .noStartPage: "connect printed no address to visit"
        case .browser(let reason): "the member's browser: \(reason)"
        case .leak(let places): "a secret was found:\n" + places.map { "  \($0)\n" }.joined()
        case .blindSearch: "the search did not even find the client ID, which is no secret: it proves nothing"
        }
    }
}
