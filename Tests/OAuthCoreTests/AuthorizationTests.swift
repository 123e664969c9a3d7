import OAuthCore
import Secrets
import Testing

@Suite struct AuthorizationTests {
    @Test func encodesByRFC3986() throws {
        var profile = try plainProfile()
        profile.authorizeParams = [.init("access_type", "off line&")]
        let request = try AuthorizationRequest.make(
            profile: profile, clientID: "id+ä/~", redirectURI: try RedirectURI("http://localhost:8765/cb"),
            scopes: [])
        let state = text(request.state)
        let hasVerifier = optionalText(request.verifier) != nil
        #expect(
            request.url == "https://as.example/authorize?response_type=code&client_id=id%2B%C3%A4%2F~"
                + "&redirect_uri=http%3A%2F%2Flocalhost%3A8765%2Fcb&state=\(state)&scope=read%20write"
                + "&access_type=off%20line%26")
        #expect(!hasVerifier)
    }

    @Test func stateIsFreshBase64URLOf32Bytes() throws {
        var seen: Set<String> = []
        for _ in 0..<64 {
            let request = try AuthorizationRequest.make(
                profile: try plainProfile(), clientID: "id",
                redirectURI: try RedirectURI("http://localhost/"),
                scopes: ["a"])
            let state = text(request.state)
            #expect(Base64URL.decode(state)?.count == 32)
            seen.insert(state)
        }
        #expect(seen.count == 64)
    }

    @Test func challengeIsThatOfTheVerifier() throws {
        var profile = try plainProfile()
        profile.pkce = .s256
        profile.scopeSeparator = ","
        profile.authorizeURL = try EndpointURL("https://as.example/authorize?v=2")
        let request = try AuthorizationRequest.make(
            profile: profile, clientID: "id", redirectURI: try RedirectURI("http://[::1]:1/cb"),
            scopes: ["b", "c"])
        let found = optionalText(request.verifier)
        let verifier = try #require(found)
        let challenge = Base64URL.encode(try SHA256.hash(Array(verifier.utf8)))
        #expect(verifier.utf8.count == 43)
        #expect(request.url.hasPrefix("https://as.example/authorize?v=2&response_type=code&"))
        #expect(request.url.contains("&scope=b%2Cc&"))
        #expect(request.url.hasSuffix("&code_challenge=\(challenge)&code_challenge_method=S256"))
        #expect(!request.url.contains(verifier))
    }
}
