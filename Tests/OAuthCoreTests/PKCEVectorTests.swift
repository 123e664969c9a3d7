import Testing

@testable import OAuthCore  // PKCE's parts are no package API: requests are.

@Suite struct PKCEVectorTests {
    /// RFC 7636, appendix B.
    @Test func challengeOfTheRFC() throws {
        let verifier = try secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(try PKCE.challenge(of: verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }
}
