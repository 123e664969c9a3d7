/// What guessing a passphrase costs: an estimate in words, and what it is based on.
///
/// Two assumptions, said wherever a figure is: one large graphics card tries about 1,000 guesses a second at log_n 17
/// (published scrypt benchmarks, scaled by N; half as many for each step of log_n), and what people think up holds
/// about as many bits as NIST SP 800-63 (2006, appendix A) gives: 4 for the first character, 2 for each up to the
/// eighth, 1.5 up to the twentieth, 1 for each after.
package enum GuessingCost {
    /// Guesses a second of one graphics card.
    package static func rate(logN: Int64) -> Double {
        var rate = 1000.0
        for _ in 0..<abs(logN - 17) { rate = logN > 17 ? rate / 2 : rate * 2 }
        return rate
    }

    /// Bits that a passphrase of so many characters holds when a person thought it up.
    package static func bits(characters: Int) -> Double {
        let n = Double(characters)
        return 4 + 2 * min(max(n - 1, 0), 7) + 1.5 * min(max(n - 8, 0), 12) + max(n - 20, 0)
    }

    /// Half of all guesses, by one graphics card, in seconds.
    package static func seconds(bits: Double, logN: Int64) -> Double {
        var guesses = 0.5
        var left = bits
        while left >= 1 { (guesses, left) = (guesses * 2, left - 1) }
        // 2^left for the half bit that may remain.
        if left > 0 { guesses *= 1 + left * 0.83 }
        return guesses / rate(logN: logN)
    }

    /// "6 minutes" for a passphrase that a person thought up.
    package static func words(characters: Int, logN: Int64) -> String {
        span(seconds(bits: bits(characters: characters), logN: logN))
    }

    /// In the largest unit that gives two or more of it.
    static func span(_ seconds: Double) -> String {
        let units: [(String, Double)] = [
            ("years", 31_557_600), ("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1),
        ]
        for (unit, size) in units where seconds >= 2 * size {
            return "\(Int((seconds / size).rounded())) \(unit)"
        }
        return "a second or two"
    }

    /// `1000 guesses a second` at this cost.
    static func rateWords(logN: Int64) -> String { "\(Int(rate(logN: logN))) guesses a second" }
}
