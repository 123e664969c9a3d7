import Foundation
import Sandbox
import Testing

@Suite struct AuthorizationTests {
    @Test func approvalGivesBackTheStateAndACode() async throws {
        try await withSandbox { client in
            let page = try await client.authorize()
            #expect(page.status == 200)
            let back = try await client.decide(page, "approve")
            #expect(back.status == 303)
            #expect(back.header("Location")?.hasPrefix(Client.redirectURI + "?") == true)
            #expect(back.redirect["state"] == "a+b/c&d= e")
            #expect(back.redirect["code"]?.count == 500)
            let again = try await client.decide(page, "approve")
            #expect(again.status == 400)
        }
    }

    @Test(arguments: ["user_cancelled_authorize", "user_cancelled_login"])
    func cancellingGoesBackWithTheState(_ decision: String) async throws {
        try await withSandbox { client in
            let back = try await client.decide(client.authorize(), decision)
            #expect(back.redirect["error"] == decision)
            #expect(back.redirect["state"] == "a+b/c&d= e")
            #expect(back.redirect["code"] == nil)
        }
    }

    @Test(arguments: [
        ["redirect_uri": "http://localhost:8765/callback/other"], ["redirect_uri": nil],
        ["redirect_uri": "http://localhost:8766/callback/linkedin-sandbox"], ["client_id": "<b>nobody</b>"],
    ])
    func aFaultOfTheAppIsShownAndNeverRedirected(_ changes: [String: String?]) async throws {
        try await withSandbox { client in
            let page = try await client.authorize(changes)
            #expect(page.status == 400)
            #expect(page.header("Location") == nil)
            #expect(page.header("Content-Type")?.hasPrefix("text/html") == true)
            #expect(!page.text.contains("<b>"))
        }
    }

    @Test func aScopeOutsideTheProductsIsRefusedWithLinkedInsEntities() async throws {
        try await withSandbox { client in
            let back = try await client.authorize(["scope": "r_ads rw_ads"])
            #expect(back.redirect["error"] == "unauthorized_scope_error")
            let words = "Scope &quot;rw_ads&quot; is not authorized for your application"
            #expect(back.redirect["error_description"] == words)
        }
    }

    @Test func anotherResponseTypeIsRefused() async throws {
        try await withSandbox { client in
            let back = try await client.authorize(["response_type": "token"])
            #expect(back.redirect["error"] == "unsupported_response_type")
        }
    }

    @Test func consentCanBeSettled() async throws {
        try await withSandbox({ $0.consent = .approve }) { client in
            #expect(try await client.authorize().redirect["code"] != nil)
            try await client.control("PUT", "settings", #"{"consent": "user_cancelled_login"}"#)
            #expect(try await client.authorize().redirect["error"] == "user_cancelled_login")
            try await client.control("PUT", "settings", #"{"consent": null}"#)
            #expect(try await client.authorize().status == 200)
        }
    }
}

@Suite struct NativeTests {
    static let path = "/oauth/native-pkce/authorization"
    /// RFC 7636, appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let app = App(
        id: "native", secret: "unused", redirectURIs: ["http://127.0.0.1/callback"], native: true)

    @Test func challengeIsRFC7636s() {
        #expect(PKCE.challenge(of: NativeTests.verifier) == NativeTests.challenge)
    }

    @Test func aNativeAppNeedsNoSecretButItsVerifier() async throws {
        try await withSandbox({ $0.consent = .approve }, apps: [NativeTests.app]) { client in
            let redirectURI = "http://127.0.0.1:40001/callback"
            let asked = [
                "client_id": "native", "redirect_uri": redirectURI, "code_challenge": NativeTests.challenge,
                "code_challenge_method": "S256",
            ]
            let given = ["client_id": "native", "client_secret": "", "redirect_uri": redirectURI]
            for verifier in ["", String(NativeTests.verifier.reversed())] {
                let code = try await client.authorize(path: NativeTests.path, asked).redirect["code"] ?? ""
                let fields = given.merging(["code_verifier": verifier]) { $1 }
                #expect(try await client.exchange(code, fields).error == "invalid_redirect_uri")
            }
            let code = try await client.authorize(path: NativeTests.path, asked).redirect["code"] ?? ""
            let fields = given.merging(["code_verifier": NativeTests.verifier]) { $1 }
            #expect(try await client.exchange(code, fields).status == 200)
        }
    }

    @Test func theNativePathDemandsS256() async throws {
        try await withSandbox({ $0.consent = .approve }, apps: [NativeTests.app]) { client in
            let asked = ["client_id": "native", "redirect_uri": "http://127.0.0.1:1/callback"]
            let bare = try await client.authorize(path: NativeTests.path, asked)
            #expect(bare.redirect["error"] == "invalid_request")
            let plain = asked.merging(["code_challenge": NativeTests.verifier]) { $1 }
            #expect(
                try await client.authorize(path: NativeTests.path, plain).redirect["error"]
                    == "invalid_request")
        }
    }

    @Test func theNativePathRedirectsToLoopbackLiteralsAlone() async throws {
        var app = NativeTests.app
        app.redirectURIs = ["127.0.0.1", "[::1]", "localhost:1"].map { "http://\($0)/callback" }
        app.redirectURIs.append("https://app.example/callback")
        try await withSandbox({ $0.consent = .approve }, apps: [app]) { client in
            for (redirectURI, isTaken) in [
                ("http://127.0.0.1:1/callback", true), ("http://127.0.0.1:65535/callback", true),
                ("http://[::1]:9/callback", true), ("http://127.0.0.1:1/other", false),
                ("http://localhost:1/callback", false), ("https://app.example/callback", false),
            ] {
                let asked = [
                    "client_id": "native", "redirect_uri": redirectURI, "code_challenge_method": "S256",
                    "code_challenge": NativeTests.challenge,
                ]
                let answer = try await client.authorize(path: NativeTests.path, asked)
                #expect((answer.redirect["code"] != nil) == isTaken, "\(redirectURI)")
                #expect(isTaken || answer.status == 400)
            }
        }
    }

    /// As LinkedIn documents it; a client that asks all the same must not be told that its app is fine.
    @Test func introspectionWantsTheSecretOfANativeAppToo() async throws {
        try await withSandbox(apps: [NativeTests.app]) { client in
            let bare = ["client_id": "native", "token": "x"]
            let refused = try await client.post("/oauth/v2/introspectToken", bare)
            #expect(refused.status == 400)
            let whole = bare.merging(["client_secret": "unused"]) { $1 }
            let answered = try await client.post("/oauth/v2/introspectToken", whole)
            #expect(answered.status == 200)
        }
    }

    @Test func anOrdinaryAppIsRefusedOnTheNativePath() async throws {
        try await withSandbox { client in
            let back = try await client.authorize(path: NativeTests.path)
            #expect(back.redirect["error"] == "unauthorized_client")
        }
    }
}
