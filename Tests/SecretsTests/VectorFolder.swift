import Foundation
import Testing

/// The folder of published vectors that are too large for this package.
enum VectorFolder {
    static let variable = "ADVAULT_VECTORS"

    static var isGiven: Bool { ProcessInfo.processInfo.environment[variable] != nil }

    static func read(_ path: String) throws -> Data {
        let folder = try #require(ProcessInfo.processInfo.environment[variable])
        return try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(path))
    }

    static func decode<File: Decodable>(_: File.Type, _ path: String) throws -> File {
        try JSONDecoder().decode(File.self, from: read(path))
    }
}

extension Trait where Self == ConditionTrait {
    static var needsVectors: Self {
        .enabled(
            if: VectorFolder.isGiven,
            "\(VectorFolder.variable) names no folder: Wycheproof's and pyca's vectors were not run")
    }
}

/// Counts the cases of one file, and says the outcome in one line.
struct Tally {
    let name: String
    private(set) var run = 0
    /// Numbers of the cases that did not give what they must.
    private(set) var failed: [Int] = []

    init(_ name: String) { self.name = name }

    mutating func count(_ number: Int, _ passed: Bool) {
        run += 1
        if !passed { failed.append(number) }
    }

    /// Exceptions are listed by number, and one that passes after all is a failure of the list.
    func expect(cases: Int, exceptions: [Int] = []) {
        #expect(run == cases, "\(name): the number of cases")
        #expect(failed == exceptions, "\(name): the cases that failed")
        let numbers = failed.map(String.init).joined(separator: " ")
        print(
            "vectors: \(name) \(run - failed.count) of \(run)"
                + (failed.isEmpty ? "" : ", exceptions \(numbers)"))
    }
}
