internal import Operations

extension Explanation {
    init(_ kind: Name.Kind, _ fault: Name.Fault) {
        let what =
            switch fault {
            case .empty: "is empty"
            case .tooLong(let bytes): "has \(bytes) bytes, and \(Name.maximumBytes) are allowed"
            case .unprintable(let scalar):
                "holds a character that cannot be seen, \\u{\(String(scalar, radix: 16, uppercase: true))}"
            case .outerSpace: "begins or ends with a space"
            case .leadingHyphen: "begins with a hyphen, as options do"
            }
        self.init(
            "name", .usage, "the name of the \(kind.rawValue) \(what)",
            next: "take a name of letters, digits, dots and hyphens, such as acme-linkedin")
    }
}
