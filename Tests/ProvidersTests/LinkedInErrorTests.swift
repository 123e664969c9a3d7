import OAuthCore
import Providers
import Testing

/// LinkedIn's error table, one test a row.
@Suite struct LinkedInErrorTests {
    private static let dead =
        "The provided authorization grant or refresh token is invalid, expired or revoked"
    private static let mismatch =
        "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or "
        + "authorization code expired. Or external member binding exists"

    static let rows: [(Int, String, String?, OAuthError.Kind, OAuthError.Code)] = [
        (400, "invalid_request", dead, .reconnect, .invalidGrant),
        (400, "invalid_grant", dead, .reconnect, .invalidGrant),
        (400, "invalid_grant", nil, .reconnect, .invalidGrant),
        (
            400, "refresh_token_client_mismatch", "The passed in client_id does not own the refresh token",
            .reconnect,
            .clientMismatch
        ),
        (400, "invalid_request", "A required parameter \"client_id\" is missing", .ours, .invalidRequest),
        (400, "invalid_redirect_uri", mismatch, .app, .redirectURI),
        (400, "invalid_request", mismatch, .app, .redirectURI),
        (
            400, "invalid_request", "Unable to retrieve access token: authorization code not found",
            .reconnect,
            .invalidGrant
        ),
        (
            401, "invalid_request", "Unable to retrieve access token: authorization code not found",
            .reconnect,
            .invalidGrant
        ),
        (401, "invalid_client", "Client authentication failed", .app, .invalidClient),
        (400, "unauthorized_client", nil, .app, .unauthorizedClient),
        (400, "unauthorized_scope_error", "Scope r_ads is not authorized for your application", .app, .scope),
        // Undocumented, so transient: nothing is given up for a sentence that nobody knows.
        (400, "invalid_request", "Something new", .transient, .transient),
        (400, "invalid_request", nil, .transient, .transient),
        (401, "invalid_request", dead, .transient, .transient),
        (400, "who_knows", dead, .transient, .transient),
        (500, "invalid_grant", dead, .transient, .transient),
        (503, "invalid_client", nil, .transient, .transient),
        (429, "invalid_request", dead, .transient, .transient),
    ]

    @Test(arguments: rows) func sorts(
        _ status: Int, _ word: String, _ description: String?, _ kind: OAuthError.Kind,
        _ code: OAuthError.Code
    ) throws {
        var members: [JSONValue.Member] = [.init("error", .string(word))]
        if let description { members.append(.init("error_description", .string(description))) }
        let answer = try answer(status, JSONValue.object(members).encoded())
        let profile = try linkedIn()
        let expected = OAuthError.Refusal(
            kind: kind, code: code, status: status, word: word, description: description)
        #expect(throws: OAuthError.refused(expected)) { _ = try TokenAnswer.read(answer, profile: profile) }
    }

    @Test(arguments: [
        (502, "<html>Bad gateway</html>"), (500, ""), (200, "{\"access_token\":\"a"), (999, "denied"),
    ])
    func keepsEverything(_ status: Int, _ body: String) throws {
        let answer = try answer(status, body)
        let profile = try linkedIn()
        do {
            _ = try TokenAnswer.read(answer, profile: profile)
            Issue.record("unreadable, yet read")
        } catch { #expect(error.kind == .transient) }
    }

    /// The last rows of the callback: a cancel in LinkedIn's words, and a product that the app has not.
    @Test(arguments: [
        ("user_cancelled_login", OAuthError.Kind.cancelled), ("user_cancelled_authorize", .cancelled),
        ("unauthorized_scope_error", .app), ("server_error", .transient),
    ]) func sortsTheCallback(_ word: String, _ kind: OAuthError.Kind) throws {
        let query = try secret("error=\(word)&error_description=Scope+%26quot%3Br_ads%26quot%3B&state=s")
        let state = try secret("s")
        let profile = try linkedIn()
        do {
            _ = try Callback.check(query: query, state: state, profile: profile)
            Issue.record("no error")
        } catch {
            #expect(error.kind == kind)
            #expect(error.providerDescription == "Scope \"r_ads\"")
        }
    }

    /// The samples of LinkedIn's documentation, in minutes by mistake, and the ends of what is believed.
    @Test(arguments: [
        (8_760, [TokenAnswer.Field.refreshLifetime]), (86_399, [.refreshLifetime]),
        (439_200, [.refreshLifetime]), (525_600, [.refreshLifetime]), (576_000, [.refreshLifetime]),
        (576_001, []), (31_536_000, []), (34_560_000, []), (34_560_001, [.refreshLifetime]),
    ]) func flagsLifetimes(_ seconds: Int, _ flags: [TokenAnswer.Field]) throws {
        let body = "{\"access_token\":\"a\",\"expires_in\":5183999,\"refresh_token_expires_in\":\(seconds)}"
        let read = try TokenAnswer.read(try answer(200, body), profile: try linkedIn())
        #expect(read.implausible == flags)
        #expect(read.refreshExpiresIn == (flags.isEmpty ? Int64(seconds) : nil))
        #expect(read.expiresIn == 5_183_999)
    }

    @Test(arguments: [
        (1, false), (3_600, false), (86_399, false), (86_400, false), (86_401, true), (5_184_000, true),
        (34_560_000, true),
        (34_560_001, false),
    ]) func flagsAnAccessTokensLifetime(_ seconds: Int, _ isBelieved: Bool) throws {
        let body = "{\"access_token\":\"a\",\"expires_in\":\(seconds),\"refresh_token_expires_in\":31536000}"
        let read = try TokenAnswer.read(try answer(200, body), profile: try linkedIn())
        #expect(read.implausible == (isBelieved ? [] : [.accessLifetime]))
        #expect(read.expiresIn == (isBelieved ? Int64(seconds) : nil))
        #expect(read.refreshExpiresIn == 31_536_000)
    }

    /// The last access token ends with the consent, within a second or so, and nothing is wrong with that.
    @Test(arguments: [
        (43_200, 43_200, true), (43_199, 43_200, true), (525_600, 525_600, true), (43_200, 525_600, false),
        (34_560_001, 34_560_001, false),
    ]) func believesLifetimesThatEndTogether(_ access: Int, _ refresh: Int, _ areBelieved: Bool) throws {
        let body = "{\"access_token\":\"a\",\"expires_in\":\(access),\"refresh_token_expires_in\":\(refresh)}"
        let read = try TokenAnswer.read(try answer(200, body), profile: try linkedIn())
        #expect(read.implausible == (areBelieved ? [] : [.accessLifetime, .refreshLifetime]))
    }
}
