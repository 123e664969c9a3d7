@testable import CredentialVault
import Foundation
import Testing

/// SECURITY.md is what other programs are written from: it says what the code does.
@Suite("SECURITY.md")
struct PublishedFormatTests {
    private func page() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "SECURITY.md"), encoding: .utf8)
    }

    @Test("holds the six statements verbatim", arguments: VaultError.Table.allCases)
    func statements(table: VaultError.Table) throws {
        #expect(try page().contains(Schema.sql(of: table) + ";\n"))
    }

    @Test("lists every word of every list")
    func words() throws {
        let page = try page()
        let lists: [(String, [String])] = [
            ("kind", SlotKind.allCases.map(\.rawValue)), ("state", StoredState.allCases.map(\.rawValue)),
            ("last_error", LastError.allCases.map(\.rawValue)),
            ("operation", Operation.allCases.map(\.rawValue)), ("outcome", Outcome.allCases.map(\.rawValue)),
        ]
        let block = try #require(
            page.components(separatedBy: "\nWords:\n").last?.components(separatedBy: "\n###")[0])
        let words = block.split(whereSeparator: \.isWhitespace).map(String.init)
        let expected = lists.flatMap { [$0.0] + $0.1 }
        #expect(words == expected)
    }
}
