/// zlib's format (RFC 1950, RFC 1951), reading only: Cobblestone's vectors come compressed. For test files that
/// are trusted; anything malformed stops the test run.
struct Inflate {
    private let input: [UInt8]
    private var place = 2
    private var pending: UInt32 = 0
    private var bits = 0
    private var output: [UInt8] = []

    static func inflate(zlib input: [UInt8]) -> [UInt8] {
        var reader = Inflate(input: input)
        return reader.run()
    }

    private init(input: [UInt8]) { self.input = input }

    private mutating func run() -> [UInt8] {
        var last = false
        while !last {
            last = take(1) == 1
            switch take(2) {
            case 0: stored()
            case 1: compressed(Self.fixedLiterals, Self.fixedDistances)
            case 2: dynamic()
            default: preconditionFailure("block type 3")
            }
        }
        bits = 0
        var a: UInt32 = 1
        var b: UInt32 = 0
        for byte in output {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        let sum = input[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        precondition(sum == b << 16 | a, "Adler-32")
        return output
    }

    private mutating func take(_ count: Int) -> Int {
        while bits < count {
            pending |= UInt32(input[place]) << UInt32(bits)
            place += 1
            bits += 8
        }
        let value = pending & (1 << UInt32(count) - 1)
        pending >>= UInt32(count)
        bits -= count
        return Int(value)
    }

    private mutating func stored() {
        pending = 0
        bits = 0
        let size = Int(input[place]) | Int(input[place + 1]) << 8
        output += input[place + 4..<place + 4 + size]
        place += 4 + size
    }

    /// Codes by their length and value (RFC 1951 section 3.2.2).
    private struct Codes {
        private var counts = [Int](repeating: 0, count: 16)
        private var symbols: [Int] = []

        init(lengths: [Int]) {
            for length in 1...15 {
                for (symbol, own) in lengths.enumerated() where own == length { symbols.append(symbol) }
                counts[length] = lengths.count { $0 == length }
            }
        }

        func read(_ reader: inout Inflate) -> Int {
            var code = 0
            var first = 0
            var index = 0
            for length in 1...15 {
                code |= reader.take(1)
                if code - first < counts[length] { return symbols[index + code - first] }
                index += counts[length]
                first = (first + counts[length]) << 1
                code <<= 1
            }
            preconditionFailure("no such code")
        }
    }

    private static let fixedLiterals = Codes(
        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = Codes(lengths: [Int](repeating: 5, count: 30))

    private mutating func dynamic() {
        let literals = take(5) + 257
        let distances = take(5) + 1
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<take(4) + 4 { lengths[order[index]] = take(3) }
        let codes = Codes(lengths: lengths)
        lengths = []
        while lengths.count < literals + distances {
            switch codes.read(&self) {
            case 16: lengths += [Int](repeating: lengths[lengths.count - 1], count: 3 + take(2))
            case 17: lengths += [Int](repeating: 0, count: 3 + take(3))
            case 18: lengths += [Int](repeating: 0, count: 11 + take(7))
            case let length: lengths.append(length)
            }
        }
        compressed(
            Codes(lengths: Array(lengths[..<literals])), Codes(lengths: Array(lengths[literals...])))
    }

    private mutating func compressed(_ literals: Codes, _ distances: Codes) {
        let lengthBase = [
            3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
            163,
            195, 227, 258,
        ]
        let distanceBase = [
            1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
            3073, 4097, 6145, 8193, 12289, 16385, 24577,
        ]
        while true {
            let symbol = literals.read(&self)
            guard symbol != 256 else { return }
            guard symbol > 256 else {
                output.append(UInt8(symbol))
                continue
            }
            let extra = symbol < 265 || symbol == 285 ? 0 : (symbol - 261) / 4
            let length = lengthBase[symbol - 257] + take(extra)
            let code = distances.read(&self)
            let distance = distanceBase[code] + take(max(0, code / 2 - 1))
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }
}
