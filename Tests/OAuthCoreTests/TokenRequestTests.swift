import OAuthCore
import Secrets
import Testing

@Suite struct TokenRequestTests {
    @Test func exchangesWithTheSecretInTheBody() throws {
        var profile = try plainProfile()
        profile.tokenParams = [.init("audience", "a b")]
        let request = try TokenRequest.exchange(
            profile: profile, clientID: "id", clientSecret: try secret("s&=+ %é"),
            redirectURI: try RedirectURI("http://localhost:8765/cb"), code: try secret("c/d"), verifier: nil)
        let body = optionalText(request.body)
        let authorization = optionalText(request.authorization)
        #expect(request.method == .post)
        #expect(request.url == "https://as.example/token")
        #expect(
            request.headers == [
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                HTTPHeader("Accept", "application/json"),
            ])
        #expect(
            body == "grant_type=authorization_code&code=c%2Fd&redirect_uri=http%3A%2F%2Flocalhost%3A8765%2Fcb"
                + "&audience=a%20b&client_id=id&client_secret=s%26%3D%2B%20%25%C3%A9")
        #expect(authorization == nil)
    }

    @Test func refreshesWithBasic() throws {
        var profile = try plainProfile()
        profile.clientAuth = .basic
        profile.refreshParams = [.init("scope", "read")]
        profile.headers = [HTTPHeader("User-Agent", "x/1"), HTTPHeader("accept", "text/json")]
        let request = try TokenRequest.refresh(
            profile: profile, clientID: "a:b", clientSecret: try secret("c:d"), refreshToken: try secret("r~")
        )
        let body = optionalText(request.body)
        let authorization = optionalText(request.authorization)
        #expect(body == "grant_type=refresh_token&refresh_token=r~&scope=read")
        // base64 of "a%3Ab:c%3Ad"
        #expect(authorization == "Basic YSUzQWI6YyUzQWQ=")
        #expect(
            request.headers == [
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                HTTPHeader("User-Agent", "x/1"),
                HTTPHeader("accept", "text/json"),
            ])
    }

    @Test func sendsAPublicClientsIDAndVerifier() throws {
        var profile = try plainProfile()
        profile.clientAuth = .none
        let request = try TokenRequest.exchange(
            profile: profile, clientID: "id", clientSecret: nil,
            redirectURI: try RedirectURI("http://127.0.0.1:1/"),
            code: try secret("c"), verifier: try secret("v"))
        let body = optionalText(request.body)
        #expect(
            body == "grant_type=authorization_code&code=c&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F"
                + "&code_verifier=v&client_id=id")
    }

    @Test(arguments: [ProviderProfile.ClientAuth.post, .basic]) func wantsASecret(
        _ auth: ProviderProfile.ClientAuth
    ) throws {
        var profile = try plainProfile()
        profile.clientAuth = auth
        let token = try secret("t")
        let error = failure { [profile] () throws(OAuthError) in
            _ = try TokenRequest.refresh(
                profile: profile, clientID: "id", clientSecret: nil, refreshToken: token)
        }
        #expect(error == .clientSecretMissing)
    }

    /// The largest that a vault holds, every byte of it escaped.
    @Test func theLargestSecretsFit() throws {
        let large = String(repeating: "%", count: 7000)
        var profile = try plainProfile()
        for auth in [ProviderProfile.ClientAuth.post, .basic] {
            profile.clientAuth = auth
            let request = try TokenRequest.refresh(
                profile: profile, clientID: "id", clientSecret: try secret(large),
                refreshToken: try secret(large))
            let size = optionalText(request.body)?.utf8.count
            #expect(size ?? 0 > 21_000)
        }
    }

    @Test func bearerAndIntrospection() throws {
        let call = APICall(url: "https://api.example/me", headers: [HTTPHeader("X", "y")])
        let request = try call.request(bearer: try secret("tok"))
        let authorization = optionalText(request.authorization)
        #expect(authorization == "Bearer tok")
        #expect(request.method == .get)
        let asked = try Introspection.request(
            profile: try plainProfile(), clientID: "id", clientSecret: try secret("s"),
            token: try secret("tok"))
        let body = optionalText(asked.body)
        #expect(body == "token=tok&client_id=id&client_secret=s")
        #expect(asked.url == "https://as.example/introspect")
    }

    @Test func saysWhatIsNotOffered() throws {
        var profile = try plainProfile()
        profile.introspectURL = nil
        let some = try secret("s")
        let introspection = failure { [profile] () throws(OAuthError) in
            _ = try Introspection.appCheck(profile: profile, clientID: "id", clientSecret: nil)
        }
        let revocation = failure { [profile] () throws(OAuthError) in
            _ = try Revocation.request(profile: profile, clientID: "id", clientSecret: nil, token: some)
        }
        #expect(introspection == .notOffered)
        #expect(revocation == .notOffered)
    }
}
