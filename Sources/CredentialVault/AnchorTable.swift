/// All anchors of a machine: by vault ID what was seen, by real path which vault stood there.
///
/// As text, one of each value (SECURITY.md, The anchor): any other writing of it is refused.
struct AnchorTable: Equatable, Sendable {
    private(set) var anchors: [VaultID: Anchor] = [:]
    /// Every vault here has an anchor.
    private(set) var paths: [String: VaultID] = [:]

    /// Bytes of the file: about 2,000 vaults.
    static let limit = 1 << 20

    mutating func keep(_ anchor: Anchor) { anchors[anchor.vault] = anchor }

    /// The vault has an anchor.
    mutating func keep(_ vault: VaultID, at path: String) {
        if anchors[vault] != nil { paths[path] = vault }
    }

    mutating func forget(path: String) { paths[path] = nil }

    mutating func forget(_ vault: VaultID) {
        anchors[vault] = nil
        paths = paths.filter { $0.value != vault }
    }

    // MARK: Text

    private static let title = "advault-anchor 1"

    var text: String {
        let vaults = anchors.values.map { anchor in
            "vault \(anchor.vault.text) \(anchor.generation) \(Hexadecimal.encode(anchor.rootPublic)) "
                + "\(anchor.epoch) \(Hexadecimal.encode(anchor.manifest)) \(anchor.newest)"
        }
        let places = paths.map { "path \($0.value.text) \(Self.escape($0.key))" }
        return ([Self.title] + vaults.sorted() + places.sorted()).map { $0 + "\n" }.joined()
    }

    init() {}

    /// nil for anything but what `text` writes.
    init?(parsing bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for line in lines.dropFirst() where !line.isEmpty {
            let fields = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            guard fields.count > 2, let vault = VaultID(text: fields[1]) else { return nil }
            switch (fields[0], fields.count) {
            case ("vault", 7):
                guard let anchor = Anchor(parsing: fields, vault) else { return nil }
                anchors[vault] = anchor
            case ("path", 3):
                guard anchors[vault] != nil, let path = Self.unescape(fields[2]) else { return nil }
                paths[path] = vault
            default: return nil  // not an error switch: any other line
            }
        }
        // Title, order, spelling, repeated lines and the last line end, all at once.
        guard Array(text.utf8) == bytes else { return nil }
    }

    /// Every byte but 0x21–0x7E, and `%`, as %XX: a path is one word.
    private static func escape(_ path: String) -> String {
        path.utf8.map { byte in
            (0x21...0x7E).contains(byte) && byte != 0x25
                ? String(UnicodeScalar(byte)) : "%" + Hexadecimal.encode([byte])
        }.joined()
    }

    private static func unescape(_ word: String) -> String? {
        let pieces = word.split(separator: "%", omittingEmptySubsequences: false)
        var bytes = Array(pieces[0].utf8)
        for piece in pieces.dropFirst() {
            guard piece.utf8.count >= 2, let byte = Hexadecimal.decode(String(piece.prefix(2))) else {
                return nil
            }
            bytes += byte + Array(piece.dropFirst(2).utf8)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension Anchor {
    fileprivate init?(parsing fields: [String], _ vault: VaultID) {
        guard let generation = Int64(fields[2]), (1...Limits.generations).contains(generation),
            let rootPublic = Hexadecimal.decode(fields[3]), rootPublic.count == 32,
            let epoch = Int64(fields[4]), epoch >= 1,
            let manifest = Hexadecimal.decode(fields[5]), manifest.count == 32,
            let newest = Int64(fields[6]), newest >= epoch
        else { return nil }
        self.init(
            vault: vault, generation: generation, rootPublic: rootPublic, epoch: epoch, manifest: manifest,
            newest: newest)
    }
}
