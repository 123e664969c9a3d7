/// One secret of a sealed row under its tag.
struct Tagged {
    let tag: UInt8
    let value: [UInt8]

    init(_ tag: UInt8, _ text: String) { (self.tag, value) = (tag, Array(text.utf8)) }

    /// The name that the index and the second implementation give it.
    var name: String {
        switch tag {
        case 1: "client_secret"
        case 2: "access_token"
        case 3: "refresh_token"
        case 4: "account"
        default: "none"
        }
    }
}

/// SECURITY.md, Sealed rows: how secrets stand in a row. Encodes what must be rejected just as readily.
enum Framing {
    static func unit(of table: Table) -> Int { table == .app ? 512 : 2_048 }

    static func encode(_ secrets: [Tagged], unit: Int) -> [UInt8] {
        pad(secrets.flatMap { [$0.tag] + bigEndian(UInt32($0.value.count)) + $0.value }, unit)
    }

    static func pad(_ bytes: [UInt8], _ unit: Int) -> [UInt8] {
        let units = max(1, (bytes.count + unit - 1) / unit)
        return bytes + [UInt8](repeating: 0, count: units * unit - bytes.count)
    }
}
