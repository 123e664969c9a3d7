internal import Operations

extension Explanation {
    init(tag text: String, _ fault: Tag.Fault) {
        let what =
            switch fault {
            case .empty: "is empty"
            case .tooLong(let bytes): "has \(bytes) bytes, and \(Tag.maximumBytes) are allowed"
            case .character(let scalar):
                "holds a blank, a comma, a quote or what cannot be seen, \\u{\(String(scalar, radix: 16, uppercase: true))}"
            case .leadingHyphen: "begins with a hyphen, as options do"
            case .half: "has nothing before or behind the ="
            }
        self.init(
            "tag", .usage, "the tag \(Printable.quoted(text)) \(what)",
            next: "write it as KEY or KEY=VALUE, such as client=acme")
    }

    init(noTag tag: String, there tags: [String]) {
        let near = Nearness.nearest(tag, among: tags)
        let named = (near.isEmpty ? tags : near).prefix(8).map(Printable.argument).joined(separator: ", ")
        let next =
            tags.isEmpty
            ? "none has any: advault tag NAME --add \(Printable.argument(tag))"
            : near.isEmpty ? "there are: \(named)" : "did you mean: \(named)"
        self.init(
            "no-tag", .notFound, "none of the connections has the tag \(Printable.quoted(tag))", next: next)
    }
}
