/// Scopes as the vault keeps them: tokens of RFC 6749, 3.3, joined by single spaces, at most 4,096 bytes.
enum Scopes {
    static func split(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    /// nil when a scope holds bytes that none has, or all together are too long for their column.
    static func join(_ scopes: [String]) -> String? {
        let text = scopes.joined(separator: " ")
        return scopes.allSatisfy(isToken) && text.utf8.count <= 4_096 ? text : nil
    }

    /// 1*( %x21 / %x23-5B / %x5D-7E )
    private static func isToken(_ scope: String) -> Bool {
        !scope.isEmpty && scope.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
    }
}
