internal import Secrets

/// What spreads the retries of several processes over time. Not secret, and nothing depends on it.
enum Chance {
    /// A number from 0 up to and without `bound`; 0 where the generator gives nothing.
    static func below(_ bound: Int) -> Int {
        guard bound > 1, let bytes = try? Random.bytes(4) else { return 0 }
        return bytes.reduce(0) { $0 << 8 | Int($1) } % bound
    }
}
