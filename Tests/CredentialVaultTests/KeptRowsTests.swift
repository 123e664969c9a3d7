@testable import CredentialVault
import Testing

@Suite("Rows in memory")
struct KeptRowsTests {
    /// A row whose ID and digest are its number.
    private static func kept(_ number: Int, name: String = "") throws -> Kept<ConnectionRow> {
        let bytes = [UInt8](repeating: 0, count: 14) + [UInt8(number >> 8), UInt8(number & 0xFF)]
        let id = try #require(RowID(bytes: bytes))
        let row = ConnectionRow(id: id, name: "row-\(number)\(name)", appID: id, scopes: "")
        return Kept(row: row, head: [], bodyCount: 0, digest: bytes + bytes)
    }

    private static func expect(_ rows: KeptRows<ConnectionRow>, _ expected: [Kept<ConnectionRow>]) {
        #expect(rows.map(\.row) == expected.map(\.row))
        #expect(rows.count == expected.count)
        var digests: [UInt8] = []
        rows.appendDigests(to: &digests)
        let areInOrder = digests == expected.flatMap(\.digest)
        #expect(areInOrder)
        for (place, kept) in expected.enumerated() {
            #expect(rows.place(of: kept.row.id) == place)
            #expect(rows[place] === kept)
        }
    }

    @Test(
        "they are what a plain list would be, however many there are",
        arguments: [0, 1, 63, 64, 65, 128, 200])
    func asAList(_ count: Int) throws {
        // Even numbers, so that there is room between them.
        var expected = try (0..<count).map { try Self.kept($0 * 2) }
        var rows = KeptRows(expected)
        Self.expect(rows, expected)
        for number in [0, 1, 63, 64, 126, 127, count * 2] {
            let new = try Self.kept(number | 1)
            let place = rows.placeForInserting(new.row.id)
            #expect(place == expected.count { $0.row.id < new.row.id })
            guard rows.place(of: new.row.id) == nil else { continue }
            rows.insert(new, at: place)
            expected.insert(new, at: place)
            Self.expect(rows, expected)
        }
        for place in [expected.count - 1, 64, 63, 0] where place < expected.count {
            rows[place] = try Self.kept(place * 2, name: "-changed")
            expected[place] = rows[place]
            #expect(rows[place].row.name.hasSuffix("changed"))
            #expect(rows.map(\.row) == expected.map(\.row))
        }
        for place in [expected.count - 1, 64, 63, 0] where place < expected.count {
            rows.remove(at: place)
            expected.remove(at: place)
            #expect(rows.map(\.row) == expected.map(\.row))
        }
    }

    @Test("a change of a copy changes the copy alone")
    func copies() throws {
        let original = try KeptRows((0..<150).map { try Self.kept($0) })
        let names = original.map(\.row.name)
        var copy = original
        for place in [0, 63, 64, 149] { copy[place] = try Self.kept(place, name: "-changed") }
        #expect(original.map(\.row.name) == names)
        var (before, after): ([UInt8], [UInt8]) = ([], [])
        original.appendDigests(to: &before)
        copy.appendDigests(to: &after)
        var isSame = before == after
        #expect(isSame)
        copy[70] = try Self.kept(700)
        after = []
        copy.appendDigests(to: &after)
        isSame = before == after
        #expect(!isSame)
        #expect(original[70].row.name == "row-70")
    }
}
