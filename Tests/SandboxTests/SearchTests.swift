import Foundation
import Sandbox
import Testing

@Suite struct SearchTests {
    static let secret = Array("WPL_AP1.s3cret+/==value-of-more-than-thirty-two-bytes".utf8)

    static func found(_ text: String) -> Bool { found(Data(text.utf8)) }

    static func found(_ data: Data) -> Bool {
        var search = Search(Needle.all(of: secret, called: "secret"))
        search.data(data, called: "here")
        return !search.findings.isEmpty
    }

    @Test func aSecretIsFoundInEveryForm() {
        let text = String(decoding: SearchTests.secret, as: UTF8.self)
        let hexadecimal = SearchTests.secret.map { String($0, radix: 16) }.joined()
        #expect(SearchTests.found("before " + text + " after"))
        #expect(SearchTests.found("x" + hexadecimal))
        #expect(SearchTests.found(hexadecimal.uppercased()))
        let escaped = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let usual = escaped.replacingOccurrences(of: "%2D", with: "-").replacingOccurrences(
            of: "%2E", with: "."
        )
        .replacingOccurrences(of: "%5F", with: "_")
        #expect(SearchTests.found(usual))
        #expect(SearchTests.found("nothing of the kind") == false)
    }

    /// One piece alone, between bytes whose bits are all set: a needle with bits of its neighbours would miss it.
    @Test(arguments: 0..<9)
    func base64IsFoundAtEveryAlignment(_ before: Int) {
        let secret = Array("s3cret+/==value~?".utf8)
        let data = Data([UInt8](repeating: 0xFF, count: before) + secret + [0xFF, 0xFF, 0xFF])
        let standard = data.base64EncodedString()
        let url = standard.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        for text in [standard, url] {
            var search = Search(Needle.all(of: secret, called: "secret"))
            search.data(Data(text.utf8), called: "here")
            #expect(search.findings.count == 1)
        }
    }

    @Test func aPartOfALongSecretIsFound() {
        #expect(SearchTests.found(Data(SearchTests.secret.prefix(40))))
        #expect(SearchTests.found(Data(SearchTests.secret.suffix(32))))
    }
}
