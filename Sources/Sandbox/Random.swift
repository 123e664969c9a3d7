/// Characters out of the system's generator.
enum Random {
    static let lowercase = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    static let base64URL = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    static let hexadecimal = Array("0123456789abcdef")

    static func string(_ length: Int, from alphabet: [Character]) -> String {
        String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }
}
