import OAuthCore
import Testing

/// What a revocation endpoint's answer is taken for (RFC 7009, 2.2).
@Suite struct RevocationTests {
    @Test(arguments: ["", "{}", #"{"status":"ok"}"#, #"{"error":null}"#, #"{"error":""}"#])
    func aSuccessSaysNothingOrTellsOfNoError(_ body: String) throws {
        #expect(Revocation.judge(try answer(200, body)) == .revoked)
        #expect(Revocation.judge(try answer(204, body)) == .revoked)
    }

    /// A portal's page, or a server that puts its errors under 200.
    @Test(arguments: [
        "<html>Log in to the network</html>", #"{"error":"invalid_token"}"#, #"{"error":true}"#,
        #"{"error":"#,
        "[]", "OK",
    ])
    func anythingElseUnderASuccessIsUnknown(_ body: String) throws {
        #expect(Revocation.judge(try answer(200, body)) == .unknown)
    }

    @Test func anErrorIsNoLessARefusalForItsBody() throws {
        #expect(Revocation.judge(try answer(400, "<html></html>")) == .refused)
        #expect(Revocation.judge(try answer(503, "")) == .unknown)
    }
}
