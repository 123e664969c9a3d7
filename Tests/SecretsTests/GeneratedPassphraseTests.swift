import Secrets
import Testing

@Suite("Generated passphrases")
struct GeneratedPassphraseTests {
    private func text() throws -> String {
        let passphrase = try GeneratedPassphrase.make()
        return String(decoding: passphrase.revealed(), as: UTF8.self)
    }

    @Test("Six groups of four letters of Bech32's, all 32 of them used, none twice")
    func form() throws {
        var letters: Set<Character> = []
        var texts: Set<String> = []
        for _ in 0..<100 {
            let text = try text()
            #expect(text.wholeMatch(of: /[02-9ac-hj-np-z]{4}(-[02-9ac-hj-np-z]{4}){5}/) != nil)
            letters.formUnion(text)
            texts.insert(text)
        }
        // 2,400 letters that are drawn evenly miss one of 32 about once in 10^31 times.
        #expect(letters.count == 33)
        #expect(texts.count == 100)
    }
}
