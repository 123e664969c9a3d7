import OAuthCore
import Testing

@Suite struct IntrospectionTests {
    @Test func readsLinkedInsAnswer() throws {
        let body = """
            {"active":true,"status":"active","scope":"r_ads,r_ads_reporting","created_at":1763900000,
            "expires_at":"1769084000","authorized_at":1763899990,"auth_type":"3L","client_id":"x"}
            """
        let read = try IntrospectionAnswer.read(try answer(200, body), profile: try plainProfile())
        #expect(read.active)
        #expect(read.status == .active)
        #expect(read.scopes == ["r_ads", "r_ads_reporting"])
        #expect(read.createdAt == 1_763_900_000)
        #expect(read.expiresAt == 1_769_084_000)
        #expect(read.authorizedAt == 1_763_899_990)
    }

    @Test func readsRFC7662() throws {
        let body = #"{"active":true,"scope":"read write","exp":1419356238,"iat":1419350238}"#
        let read = try IntrospectionAnswer.read(try answer(200, body), profile: try plainProfile())
        #expect(read.status == nil)
        #expect(read.expiresAt == 1_419_356_238)
        #expect(read.createdAt == 1_419_350_238)
    }

    @Test(arguments: [#"{}"#, #"{"active":"true"}"#, #"{"active":1}"#, #"{"status":"active"}"#])
    func wantsActive(_ body: String) throws {
        let answer = try answer(200, body)
        let profile = try plainProfile()
        let error = failure { () throws(OAuthError) in
            _ = try IntrospectionAnswer.read(answer, profile: profile)
        }
        #expect(error == .unreadable(status: 200, .missingField))
    }

    /// 401 is a wrong secret, 400 a wrong ID, whatever word stands in the body: never the member's grant.
    @Test(arguments: [
        #"{"error":"invalid_client"}"#, #"{"error":"invalid_request"}"#, #"{"error":"invalid_grant"}"#,
        #"{"error":"new_word"}"#, #"{"message":"no"}"#,
    ]) func provesAnApp(_ body: String) throws {
        let profile = try plainProfile()
        guard
            case .wrongSecret(let secret) = try Introspection.judgeAppCheck(
                try answer(401, body), profile: profile)
        else { Issue.record("401 must be a wrong secret"); return }
        guard
            case .wrongClientID(let id) = try Introspection.judgeAppCheck(
                try answer(400, body), profile: profile)
        else { Issue.record("400 must be a wrong ID"); return }
        #expect(secret.kind == .app)
        #expect(id.kind == .app)
        #expect(
            try Introspection.judgeAppCheck(try answer(200, #"{"active":false}"#), profile: profile)
                == .proven)
    }

    @Test(arguments: [(500, "{}"), (401, "<html>"), (400, ""), (200, "<html>"), (302, ""), (429, "{}")])
    func provesNothing(_ status: Int, _ body: String) throws {
        let answer = try answer(status, body)
        let profile = try plainProfile()
        let error = failure { () throws(OAuthError) in
            _ = try Introspection.judgeAppCheck(answer, profile: profile)
        }
        #expect(error?.kind == .transient)
    }

    @Test(arguments: [
        (200, Revocation.Verdict.revoked), (204, .revoked), (400, .refused), (401, .refused), (403, .refused),
        (404, .notSupported), (405, .notSupported), (501, .notSupported), (429, .unknown), (500, .unknown),
        (302, .unknown),
    ]) func judgesRevocation(_ status: Int, _ verdict: Revocation.Verdict) throws {
        let judged = Revocation.judge(try answer(status, ""))
        #expect(judged == verdict)
    }
}
