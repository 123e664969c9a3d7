internal import Glibc

/// Who holds the other end of a connection on this machine, by the kernel's own tables (proc(5),
/// /proc/net/tcp).
enum PeerOwner {
    /// One end of a connection, in the form of those tables.
    struct End: Equatable {
        /// 8 or 32 hexadecimal digits, each group of 8 a word in the machine's own order.
        let address: String
        let port: UInt16

        var text: String { "\(address):\(Self.hexadecimal(UInt32(port), digits: 4))" }

        /// How an IPv4 end looks when its owner uses an IPv6 socket.
        var mapped: End {
            let words = [0, 0, UInt32(bigEndian: 0x0000_FFFF)].map { Self.hexadecimal($0, digits: 8) }
            return End(address: words.joined() + address, port: port)
        }

        init(address: String, port: UInt16) {
            self.address = address
            self.port = port
        }

        /// Takes the words of an address as they lie in memory.
        init(words: [UInt32], port: UInt16) {
            self.init(address: words.map { Self.hexadecimal($0, digits: 8) }.joined(), port: port)
        }

        private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
            let text = String(value, radix: 16, uppercase: true)
            return String(repeating: "0", count: digits - text.count) + text
        }
    }

    /// Whether the process at `peer`, connected to our end `ours`, runs as this process's user.
    ///
    /// No row, no answer: then it is nobody's, and false. The tables are read piece by piece while others
    /// connect and close, so a row may be passed over; a second look decides.
    static func isOurs(peer: End, ours: End) -> Bool {
        for _ in 0..<2 {
            if let uid = owner(of: peer, connectedTo: ours) { return uid == geteuid() }
        }
        return false
    }

    private static func owner(of peer: End, connectedTo ours: End) -> uid_t? {
        let isIPv4 = peer.address.utf8.count == 8
        if isIPv4, let uid = search("/proc/net/tcp", for: peer, ours) { return uid }
        let (peer, ours) = isIPv4 ? (peer.mapped, ours.mapped) : (peer, ours)
        return search("/proc/net/tcp6", for: peer, ours)
    }

    /// Reads a table until the row is found: on a busy machine it holds thousands.
    private static func search(_ path: String, for peer: End, _ ours: End) -> uid_t? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        // Established alone (01): a socket that its process has closed is listed as root's.
        let row = Array(" \(peer.text) \(ours.text) 01 ".utf8)
        var piece = [UInt8](repeating: 0, count: 16_384)
        var text: [UInt8] = []
        while true {
            let count = unsafe read(file, &piece, piece.count)
            guard count > 0 else { return nil }
            text += piece[..<count]
            guard let end = text.lastIndex(of: 0x0A) else { continue }
            if let uid = find(row, in: text[...end]) { return uid }
            text.removeSubrange(...end)
        }
    }

    private static func find(_ row: [UInt8], in lines: ArraySlice<UInt8>) -> uid_t? {
        for line in lines.split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: 0x3A), line[(colon + 1)...].starts(with: row) else {
                continue
            }
            let fields = line.split(separator: 0x20, maxSplits: 8)
            return fields.count > 7 ? uid_t(String(decoding: fields[7], as: UTF8.self)) : nil
        }
        return nil
    }
}
