import Foundation

/// Looks for needles in every file of some folders, and in texts.
package struct Search: Sendable {
    package private(set) var files = 0
    package private(set) var bytes = 0
    /// Where something was found: the place, and the needle's name.
    package private(set) var findings: [String] = []
    /// By their first eight bytes, so that one pass over the data looks for all of them; shorter ones are left out.
    private let needles: [UInt64: [Needle]]

    package init(_ needles: [Needle]) {
        self.needles = Dictionary(grouping: needles.filter { $0.bytes.count >= 8 }) {
            Search.head($0.bytes, at: 0)
        }
    }

    /// Regular files, however deep.
    ///
    /// - Throws: where one cannot be read: what was not searched is not clean.
    package mutating func folder(_ path: String) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: path).sorted() {
            let file = path + "/" + name
            let kind = try FileManager.default.attributesOfItem(atPath: file)[.type] as? FileAttributeType
            guard kind == .typeRegular else { continue }
            files += 1
            data(try Data(contentsOf: URL(fileURLWithPath: file)), called: name)
        }
    }

    package mutating func data(_ data: Data, called place: String) {
        bytes += data.count
        let hay = [UInt8](data)
        guard hay.count >= 8 else { return }
        var found: Set<String> = []
        var head = Search.head(hay, at: 0)
        for start in 0...hay.count - 8 {
            if start > 0 { head = head << 8 | UInt64(hay[start + 7]) }
            guard let candidates = needles[head] else { continue }
            for needle in candidates where hay[start...].starts(with: needle.bytes) {
                found.insert(needle.name)
            }
        }
        findings += found.sorted().map { "\(place): \($0)" }
    }

    private static func head(_ bytes: [UInt8], at start: Int) -> UInt64 {
        bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
