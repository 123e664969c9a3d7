/// The lines of a request's head, as ranges of its bytes.
struct RequestLines {
    let first: Range<Int>?
    let rest: ArraySlice<Range<Int>>

    /// - Returns: nil unless each line ends with CR LF, none holds another control than a tab, and the empty line
    ///   ends the whole.
    init?(_ bytes: RawSpan) {
        var lines: [Range<Int>] = []
        var start = 0
        var at = 0
        while at < bytes.byteCount {
            guard bytes[at] == 0x0D else {
                guard bytes[at] >= 0x20 && bytes[at] != 0x7F || bytes[at] == 0x09 else { return nil }
                at += 1
                continue
            }
            guard at + 1 < bytes.byteCount, bytes[at + 1] == 0x0A else { return nil }
            if start == at {
                guard at + 2 == bytes.byteCount else { return nil }
                first = lines.first
                rest = lines.dropFirst()
                return
            }
            lines.append(start..<at)
            at += 2
            start = at
        }
        return nil
    }
}

/// One header line: its name in lowercase and where its value lies.
struct HeaderField {
    let name: String
    let value: Range<Int>

    init?(_ bytes: RawSpan, line: Range<Int>) {
        guard let colon = line.first(where: { bytes[$0] == 0x3A }) else { return nil }
        let name = String(decoding: (line.lowerBound..<colon).map { bytes[$0] }, as: UTF8.self)
        // A space before the colon or at the line's start (a folded line) is no token.
        guard HeaderLines.isName(name) else { return nil }
        self.name = name.lowercased()
        value = bytes.trimmed((colon + 1)..<line.upperBound)
    }
}

extension RawSpan {
    /// One byte; an index outside traps.
    subscript(at: Int) -> UInt8 {
        precondition((0..<byteCount).contains(at))
        return unsafe unsafeLoad(fromByteOffset: at, as: UInt8.self)
    }

    /// Whether the bytes of `range` are those of `text`; for what is not secret.
    func equals(_ range: Range<Int>, _ text: String) -> Bool {
        range.count == text.utf8.count && zip(range, text.utf8).allSatisfy { self[$0] == $1 }
    }

    func split(_ range: Range<Int>, at separator: UInt8) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        for at in range where self[at] == separator {
            parts.append(start..<at)
            start = at + 1
        }
        return parts + [start..<range.upperBound]
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var range = range
        while let first = range.first, self[first] == 0x20 || self[first] == 0x09 {
            range = (first + 1)..<range.upperBound
        }
        while let last = range.last, self[last] == 0x20 || self[last] == 0x09 {
            range = range.lowerBound..<last
        }
        return range
    }

    /// The values of the cookies of that name (RFC 6265, 4.2.1).
    func values(of name: String, in cookies: Range<Int>) -> [Range<Int>] {
        split(cookies, at: 0x3B).compactMap { part in
            let pair = trimmed(part)
            guard let equals = pair.first(where: { self[$0] == 0x3D }) else { return nil }
            guard self.equals(pair.lowerBound..<equals, name) else { return nil }
            return (equals + 1)..<pair.upperBound
        }
    }
}
