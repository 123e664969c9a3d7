import OAuthCore
import Secrets
import Testing

@Suite struct CallbackTests {
    private func check(_ query: String, _ change: (inout ProviderProfile) throws -> Void = { _ in }) throws
        -> OAuthError?
    {
        var profile = try plainProfile()
        try change(&profile)
        let raw = try secret(query)
        let state = try secret("the-state_1")
        return failure { () throws(OAuthError) in
            _ = try Callback.check(query: raw, state: state, profile: profile)
        }
    }

    @Test(arguments: [
        ("code=abc%2F%2B+d&state=the-state_1", "abc/+ d"), ("state=the%2Dstate_1&code=AQ", "AQ"),
        ("&&state=the-state_1&code=AQ&scope=a&", "AQ"),
    ]) func handsTheCodeOut(_ query: String, _ expected: String) throws {
        let code = try Callback.check(
            query: try secret(query), state: try secret("the-state_1"), profile: try plainProfile())
        let found = text(code)
        #expect(found == expected)
    }

    /// None of these may end the wait: whoever sent them does not know our state.
    @Test(arguments: [
        "", "code=a", "code=a&state=", "code=a&state=the-state_", "code=a&state=the-state_12",
        "code=a&state=THE-STATE_1", "state=the-state_1&state=the-state_1&code=a", "state=the-state_1&state=x",
        "state=%zz&code=a", "state=the-state_1%2", "error=access_denied", "error=access_denied&state=other",
        "code=a&code=b&state=other", "%zz=1&state=the-state_1&code=a",
        "state=the-state_1&code=" + String(repeating: "a", count: 8200),
    ]) func isNotOurs(_ query: String) throws { #expect(try check(query) == .stateMismatch) }

    @Test func manyParametersAreNotOurs() throws {
        let query = (0..<65).map { "a\($0)=1" }.joined(separator: "&") + "&state=the-state_1&code=a"
        #expect(try check(query) == .stateMismatch)
    }

    @Test(arguments: [
        ("state=the-state_1", OAuthError.CallbackFault.noCode), ("state=the-state_1&code=", .malformed),
        ("state=the-state_1&code=%0a", .malformed), ("state=the-state_1&code=%e9", .malformed),
        ("state=the-state_1&code=a%", .malformed), ("state=the-state_1&code=a&code=a", .repeated),
        ("state=the-state_1&code=a&error=&x=1&x=2", .repeated),
        ("state=the-state_1&code=" + String(repeating: "a", count: 7001), .malformed),
    ]) func refuses(_ query: String, _ fault: OAuthError.CallbackFault) throws {
        #expect(try check(query) == .callback(fault))
    }

    /// A wrong state hides everything else, and a wrong issuer hides the error.
    @Test(arguments: [
        ("state=the-state_1&code=a", false),
        ("state=the-state_1&code=a&iss=https%3A%2F%2Fevil.example", false),
        ("state=the-state_1&error=access_denied&iss=https%3A%2F%2Fevil.example", false),
        ("state=the-state_1&code=a&iss=https%3A%2F%2Fas.example%2F", false),
        ("state=the-state_1&code=a&iss=https%3A%2F%2Fas.example", true),
    ]) func demandsTheIssuer(_ query: String, _ isRight: Bool) throws {
        let error = try check(query) { $0.issuer = "https://as.example" }
        #expect(error == (isRight ? nil : .issuerMismatch))
    }

    /// Two texts that Unicode takes for one are two issuers (RFC 9207, 2.4: simple string comparison).
    @Test func comparesTheIssuerByteForByte() throws {
        let query = "state=the-state_1&code=a&iss=https%3A%2F%2Fas.example%2F%E2%84%AA"
        #expect(try check(query) { $0.issuer = "https://as.example/K" } == .issuerMismatch)
    }

    @Test(arguments: [
        ("user_cancelled_login", OAuthError.Kind.cancelled, OAuthError.Code.cancelled),
        ("user_cancelled_authorize", .cancelled, .cancelled), ("access_denied", .cancelled, .cancelled),
        ("invalid_scope", .app, .scope), ("unauthorized_client", .app, .unauthorizedClient),
        ("invalid_request", .ours, .invalidRequest), ("unsupported_response_type", .ours, .invalidRequest),
        ("server_error", .transient, .transient), ("temporarily_unavailable", .transient, .transient),
        ("what_is_this", .transient, .transient), ("", .transient, .transient),
    ]) func sortsErrors(_ word: String, _ kind: OAuthError.Kind, _ code: OAuthError.Code) throws {
        let error = try check(
            "state=the-state_1&error=\(word)&error_description=Scope+%26quot%3Br_ads%26quot%3B")
        let refusal = OAuthError.Refusal(
            kind: kind, code: code, status: nil, word: word, description: "Scope \"r_ads\"")
        #expect(error == .refused(refusal))
    }

    @Test(arguments: [
        ("http://localhost:8765/cb?code=a&state=b", "code=a&state=b"),
        (#"  "<http://localhost:8765/cb?code=a&state=b>" "#, "code=a&state=b"),
        ("'http://localhost:8765/cb?code=a'", "code=a"),
        ("  \n http://localhost:8765/cb?code=a#_=_ \r\n", "code=a"),
    ]) func readsThePasted(_ pasted: String, _ expected: String) throws {
        let query = try Callback.query(
            ofPasted: try secret(pasted), redirectURI: try RedirectURI("http://localhost:8765/cb"))
        let found = text(query)
        #expect(found == expected)
    }

    @Test func readsThePastedWithABrowsersSlash() throws {
        let query = try Callback.query(
            ofPasted: try secret("http://localhost:8765/?code=a"),
            redirectURI: try RedirectURI("http://localhost:8765"))
        let found = text(query)
        #expect(found == "code=a")
    }

    @Test(arguments: [
        ("", OAuthError.PasteFault.nothing), (" \"<>' ", .nothing), ("code=a&state=b", .notTheRedirectURI),
        ("http://localhost:8765/cbx?code=a", .notTheRedirectURI),
        ("http://localhost:8765/cb/?code=a", .notTheRedirectURI),
        ("https://evil.example/cb?code=a", .notTheRedirectURI), ("http://localhost:8765/cb", .noQuery),
        ("http://localhost:8765/cb?", .noQuery), ("http://localhost:8765/cb?#x", .noQuery),
        ("http://localhost:8765/cb#code=a", .noQuery),
    ]) func refusesThePasted(_ pasted: String, _ fault: OAuthError.PasteFault) throws {
        let text = try secret(pasted)
        let uri = try RedirectURI("http://localhost:8765/cb")
        let error = failure { () throws(OAuthError) in
            _ = try Callback.query(ofPasted: text, redirectURI: uri)
        }
        #expect(error == .pasted(fault))
    }
}
