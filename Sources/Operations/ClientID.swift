/// What a client ID may be: 1…1,024 bytes of 0x21–0x7E.
enum ClientID {
    static func isWellFormed(_ text: String) -> Bool {
        (1...1_024).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
