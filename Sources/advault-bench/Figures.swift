internal import Glibc

/// What one command found: names and numbers in order, as a line for people and as one JSON object.
struct Figures {
    private let command: String
    private var members: [(name: String, value: Double, digits: Int, unit: String)] = []

    init(_ command: String, connections: Int, runs: Int) {
        self.command = command
        add("connections", Double(connections), digits: 0)
        add("runs", Double(runs), digits: 0)
    }

    mutating func add(_ name: String, _ value: Double, digits: Int, unit: String = "") {
        members.append((name, value, digits, unit))
    }

    /// The median of what the runs took, in seconds.
    mutating func add(_ name: String, median runs: [Double]) {
        add(name + "_s", Self.median(runs), digits: 4, unit: " s")
    }

    mutating func addPeak() { add("peak_mib", Spent.peak(), digits: 0, unit: " MiB") }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    func tell(json: Bool) {
        if json {
            let pairs = members.map { "\"\($0.name)\":\(Self.text($0.value, $0.digits))" }
            print("{\"command\":\"\(command)\"," + pairs.joined(separator: ",") + "}")
        } else {
            let words = members.map { member in
                let name = member.unit == " s" ? String(member.name.dropLast(2)) : member.name
                return "\(name) \(Self.text(member.value, member.digits))\(member.unit)"
            }
            print("\(command): " + words.joined(separator: ", "))
        }
    }

    /// With so many digits after the point.
    private static func text(_ value: Double, _ digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard digits > 0 else { return String(scaled) }
        let rest = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: digits - rest.count) + rest
    }
}
