import Foundation

/// A piece of a secret in one of the forms in which it could stand somewhere.
package struct Needle: Hashable, Sendable {
    /// What a finding is called: never the secret itself.
    package let name: String
    package let bytes: [UInt8]

    /// Longest piece of a secret that is searched for, in bytes: longer secrets are cut, so that a part is found too.
    private static let pieceLength = 32

    /// Every form of a secret: raw, hexadecimal, percent-encoded, and base64 in its three alignments and both
    /// alphabets.
    package static func all(of secret: [UInt8], called name: String) -> [Needle] {
        var forms: [[UInt8]: String] = [:]
        for piece in pieces(of: secret) {
            for (form, bytes) in encodings(of: piece) where forms[bytes] == nil { forms[bytes] = form }
        }
        return forms.map { Needle(name: "\(name), \($0.value)", bytes: $0.key) }
    }

    private static func pieces(of secret: [UInt8]) -> [[UInt8]] {
        guard secret.count > pieceLength else { return [secret] }
        let starts = stride(from: 0, through: secret.count - pieceLength, by: pieceLength)
        return starts.map { Array(secret[$0..<$0 + pieceLength]) } + [Array(secret.suffix(pieceLength))]
    }

    private static func encodings(of piece: [UInt8]) -> [(String, [UInt8])] {
        let hexadecimal = piece.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        var texts = [
            ("hexadecimal", hexadecimal), ("hexadecimal", hexadecimal.uppercased()),
            ("percent-encoded", percent(piece, uppercase: true)),
            ("percent-encoded", percent(piece, uppercase: false)),
        ]
        for offset in 0..<3 {
            let standard = base64(piece, offset: offset)
            let url = standard.replacingOccurrences(of: "+", with: "-").replacingOccurrences(
                of: "/", with: "_")
            texts += [("base64 at \(offset)", standard), ("base64url at \(offset)", url)]
        }
        return [("raw", piece)] + texts.map { ($0.0, Array($0.1.utf8)) }
    }

    private static func percent(_ piece: [UInt8], uppercase: Bool) -> String {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        return piece.map { byte in
            if unreserved.contains(byte) { return String(UnicodeScalar(byte)) }
            let digits = (byte < 16 ? "0" : "") + String(byte, radix: 16)
            return "%" + (uppercase ? digits.uppercased() : digits)
        }.joined()
    }

    /// The characters that stand for the piece alone, when it begins `offset` bytes after a group of three.
    private static func base64(_ piece: [UInt8], offset: Int) -> String {
        let all = Data([UInt8](repeating: 0, count: offset) + piece).base64EncodedString()
        let first = [0, 2, 3][offset]
        let last = (offset + piece.count) * 8 / 6
        return String(all.dropFirst(first).prefix(last - first))
    }
}
