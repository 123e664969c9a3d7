import OAuthCore
import Secrets
import Testing

/// What a token answer said, without what is noncopyable.
struct Said: Equatable {
    var access: String
    var refresh: String?
    var expires: Int64?
    var consent: Int64?
    var scopes: [String]?
    var flags: [TokenAnswer.Field] = []
}

@Suite struct TokenAnswerTests {
    static let year: Int64 = 31_536_000

    static let good: [(String, Said)] = [
        (#"{"access_token":"a"}"#, Said(access: "a")),
        (
            #"{"access_token":"AQ\/\u0041~ ","expires_in":5184000,"refresh_token":"R","refresh_token_expires_in":31536000,"scope":"r_ads,r_ads_reporting","token_type":"Bearer"}"#,
            Said(
                access: "AQ/A~ ", refresh: "R", expires: 5_184_000, consent: year,
                scopes: ["r_ads", "r_ads_reporting"])
        ),
        (#"{"access_token":"a","expires_in":"5183999"}"#, Said(access: "a", expires: 5_183_999)),
        (
            #"{"access_token":"a","scope":"x y  x, z","token_type":"bearer"}"#,
            Said(access: "a", scopes: ["x", "y", "z"])
        ),
        (#"{"access_token":"a","scope":["x","y"]}"#, Said(access: "a", scopes: ["x", "y"])),
        (#"{"access_token":"a","scope":"","refresh_token":null,"expires_in":null}"#, Said(access: "a")),
        (#"{"access_token":"a","refresh_token":""}"#, Said(access: "a")),
        (#"{"access_token":"a","error":null}"#, Said(access: "a")),
        (#"{"access_token":"a","error":false}"#, Said(access: "a")),
        (#"{"access_token":"a","error":0}"#, Said(access: "a")),
        (#"{"access_token":"a","error":""}"#, Said(access: "a")),
        (#"{"access_token":"a","expires_in":3600}"#, Said(access: "a", expires: 3600)),
        (
            #"{"access_token":"a","refresh_token_expires_in":86399}"#,
            Said(access: "a", flags: [.refreshLifetime])
        ),
        (
            #"{"access_token":"a","refresh_token_expires_in":34560001}"#,
            Said(access: "a", flags: [.refreshLifetime])
        ),
        (#"{"access_token":"a","expires_in":34560001}"#, Said(access: "a", flags: [.accessLifetime])),
        (#"{"access_token":"a","expires_in":0}"#, Said(access: "a", flags: [.accessLifetime])),
        (#"{"access_token":"a","expires_in":-5}"#, Said(access: "a", flags: [.accessLifetime])),
        (#"{"access_token":"a","expires_in":1.5}"#, Said(access: "a", flags: [.accessLifetime])),
        (#"{"access_token":"a","expires_in":"soon"}"#, Said(access: "a", flags: [.accessLifetime])),
        (
            #"{"access_token":"a","expires_in":9223372036854775807}"#,
            Said(access: "a", flags: [.accessLifetime])
        ),
        (#"{"access_token":"a","expires_in":[1]}"#, Said(access: "a", flags: [.accessLifetime])),
        (
            #"{"access_token":"a","scope":7,"token_type":"mac"}"#,
            Said(access: "a", flags: [.scope, .tokenType])
        ),
        (#"{"access_token":"a","scope":"x\u0007"}"#, Said(access: "a", flags: [.scope])),
    ]

    @Test(arguments: good) func takes(_ body: String, _ expected: Said) throws {
        let answer = try TokenAnswer.read(try answer(200, body), profile: try plainProfile())
        let said = Said(
            access: text(answer.accessToken), refresh: optionalText(answer.refreshToken),
            expires: answer.expiresIn,
            consent: answer.refreshExpiresIn, scopes: answer.scopes, flags: answer.implausible)
        #expect(said == expected)
    }

    @Test func readsTheProfilesLifetimeFields() throws {
        var profile = try plainProfile()
        profile.accessLifetimeField = "ttl"
        profile.refreshLifetimeField = "refresh_ttl"
        let body = #"{"access_token":"a","ttl":100,"refresh_ttl":90000,"expires_in":5}"#
        let answer = try TokenAnswer.read(try answer(200, body), profile: profile)
        #expect(answer.expiresIn == 100)
        #expect(answer.refreshExpiresIn == 90_000)
    }

    static let long = String(repeating: "a", count: 7001)
    static let unreadable: [(Int, String, OAuthError.AnswerFault)] = [
        (200, "", .empty), (502, " \n", .empty), (200, "<html><body>Sign in</body></html>", .notJSON),
        (503, "<!DOCTYPE html>", .notJSON), (400, "Bad Request", .notJSON), (200, "[]", .notJSON),
        (200, "\"a\"", .notJSON), (200, #"{"access_token":"a"#, .json(.cutOff)),
        (200, #"{"access_token":"a","access_token":"b"}"#, .json(.duplicateKey(at: 21))),
        (200, #"{"access_token":"a",}"#, .json(.syntax(at: 20))),
        (200, #"{"access_token":"a","x":[[[[[[[[]]]]]]]]}"#, .json(.tooDeep)), (200, "{}", .missingField),
        (200, #"{"refresh_token":"a"}"#, .missingField), (200, #"{"access_token":""}"#, .missingField),
        (200, #"{"access_token":null}"#, .missingField), (200, #"{"access_token":1}"#, .token),
        (200, #"{"access_token":"a\n"}"#, .token), (200, #"{"access_token":"a\u007f"}"#, .token),
        (200, #"{"access_token":"é"}"#, .token),
        (200, #"{"access_token":"a","refresh_token":"\u0000"}"#, .token),
        (200, #"{"access_token":"a","refresh_token":{}}"#, .token),
        (200, "{\"access_token\":\"\(long)\"}", .token),
        (200, #"{"error":"invalid_grant"}"#, .errorInside("invalid_grant")),
        (200, #"{"access_token":"","error":"oops"}"#, .errorInside("oops")),
        (200, #"{"access_token":null,"error":{"code":1}}"#, .errorInside("")),
        (200, #"{"access_token":"a","error":"oops"}"#, .errorBesideTokens),
        (200, #"{"access_token":"a","error":"0"}"#, .errorBesideTokens),
        (200, #"{"access_token":"a","error":"false"}"#, .errorBesideTokens),
        (200, #"{"access_token":"a","error":0.5}"#, .errorBesideTokens),
        (200, #"{"access_token":"a","error":true}"#, .errorBesideTokens),
        (200, #"{"access_token":"a","error":{"code":1}}"#, .errorBesideTokens),
        (200, #"{"refresh_token":"a","error":"oops"}"#, .errorBesideTokens),
        (200, #"{"refresh_token":7,"error":"oops"}"#, .errorBesideTokens),
        (302, #"{"access_token":"a"}"#, .status), (304, "", .status), (600, "{}", .status),
    ]

    @Test(arguments: unreadable) func keepsEverythingFor(
        _ status: Int, _ body: String, _ fault: OAuthError.AnswerFault
    ) throws {
        let answer = try answer(status, body)
        let profile = try plainProfile()
        let error = failure { () throws(OAuthError) in _ = try TokenAnswer.read(answer, profile: profile) }
        #expect(error == .unreadable(status: status, fault))
        #expect(error?.kind == .transient)
        #expect(error?.code == .unreadable)
    }

    @Test func theLongestTokenFits() throws {
        let token = String(repeating: "a", count: 7000)
        let answer = try TokenAnswer.read(
            try answer(200, "{\"access_token\":\"\(token)\",\"refresh_token\":\"\(token)\"}"),
            profile: try plainProfile())
        #expect(answer.accessToken.count == 7000)
    }

    /// Whatever byte of a good answer is broken: a value or a thrown error, never a crash.
    @Test func everyBrokenByteIsAnswered() throws {
        let body = Array(
            #"{"access_token":"a\u00e9","expires_in":5184000,"refresh_token":"r","scope":["x","y"]}"#.utf8)
        let profile = try plainProfile()
        for position in body.indices {
            for byte: UInt8 in [0x00, 0x22, 0x2C, 0x5C, 0x7B, 0x7D, 0x80, 0xED, 0xFF] {
                var broken = body
                broken[position] = byte
                let answer = HTTPAnswer(
                    status: 200, headers: [], body: try SecretBytes(copying: broken.span.bytes))
                _ = failure { () throws(OAuthError) in _ = try TokenAnswer.read(answer, profile: profile) }
            }
        }
    }
}
