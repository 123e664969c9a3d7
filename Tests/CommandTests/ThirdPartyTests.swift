import Foundation
import Testing

/// The real binary against a server that others wrote (Tests/ThirdParty). The server's errors are its own: a status
/// and a word, without a description.
@Suite("Third-party server", .serialized)
struct ThirdPartyTests {
    @Test("connects, tests, refreshes a rotating token, over plain loopback")
    func rotating() throws {
        let stage = try ThirdPartyStage(ThirdPartyServer.rotating.get(), .plain)
        try stage.run("advault app check acme")
        let connecting = try stage.tokenRequests {
            let outcome = try stage.consent("connect one")
            #expect(outcome.stdout.contains("one: connected"))
        }
        #expect(connecting == ["authorization_code 200"])
        #expect(try stage.connection("renewal") == "automatic")
        try stage.run("advault test one")

        var token = try stage.token()
        for _ in 0..<2 {
            let refreshing = try stage.tokenRequests { try stage.run("advault refresh one --force") }
            #expect(refreshing == ["refresh_token 200"])
            let next = try stage.token()
            #expect(next != token)
            token = next
            try stage.run("advault test one")
        }
        #expect(try stage.tokenRequests { try stage.run("advault refresh --all --due") }.isEmpty)
        try stage.run("advault verify")
    }

    @Test("the same behind TLS with a test authority, the refresh token staying the same")
    func stableOverTLS() throws {
        let stage = try ThirdPartyStage(ThirdPartyServer.stable.get(), .tls)
        let requests = try stage.tokenRequests {
            try stage.consent("connect one")
            let token = try stage.token()
            try stage.run("advault refresh --all --force")
            #expect(try stage.token() != token)
            try stage.run("advault refresh --all --force")
        }
        #expect(requests == ["authorization_code 200 TLS", "refresh_token 200 TLS", "refresh_token 200 TLS"])
        try stage.run("advault test one")
    }

    @Test("an authority that is not trusted: nothing is sent, the grant is kept")
    func unknownAuthority() throws {
        let stage = try ThirdPartyStage(ThirdPartyServer.stable.get(), .tls)
        try stage.consent("connect one")
        stage.playground.set("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
        let requests = try stage.tokenRequests {
            let outcome = try stage.run("advault refresh one --force", ends: 6)
            #expect(outcome.stderr.contains("certificate"))
        }
        #expect(requests.isEmpty)
        stage.playground.set("SSL_CERT_FILE", stage.server.ready.caFile)
        try stage.run("advault refresh one --force")
    }

    @Test("PKCE demanded, iss in the callback, client credentials by Basic")
    func strict() throws {
        let stage = try ThirdPartyStage(ThirdPartyServer.strict.get(), .tls)
        try stage.consent("connect one")
        try stage.run("advault refresh one --force")
        try stage.run("advault test one")
    }

    @Test("reuse after rotation: somebody else spent the token, the family is dead, reconnect heals")
    func reuse() throws {
        let stage = try ThirdPartyStage(ThirdPartyServer.rotating.get(), .plain)
        try stage.consent("connect one")
        // The other tests' grants live on beside ours.
        let others = try stage.server.state().refreshTokensLive - 1
        try stage.server.spend()
        let requests = try stage.tokenRequests { try refusesTheGrant(stage) }
        // Once: a spent token sent twice could end more than it already has.
        #expect(requests == ["refresh_token 400"])
        #expect(try stage.server.state().refreshTokensLive == others)
        try stage.consent("reconnect one")
        try stage.run("advault refresh one --force")
        #expect(try stage.connection("state") == "ok")
    }

    @Test("a revoked grant: exit 4, status and word, then the command to run")
    func revoked() throws {
        let stage = try ThirdPartyStage(ThirdPartyServer.rotating.get(), .plain)
        try stage.consent("connect one")
        try stage.server.revoke()
        try refusesTheGrant(stage)
        try stage.run("advault test one", ends: 4)
        try stage.run("advault refresh --all --due", ends: 4)
        try stage.consent("reconnect one")
        try stage.run("advault test one")
    }

    private func refusesTheGrant(_ stage: ThirdPartyStage) throws {
        let outcome = try stage.run("advault refresh one --force", ends: 4)
        #expect(outcome.stdout.isEmpty)
        let lines = outcome.stderr.split(separator: "\n")
        #expect(lines.first?.contains("Status: 400, Error: invalid_grant") == true, "\(outcome.stderr)")
        #expect(lines.last?.contains("advault reconnect one") == true, "\(outcome.stderr)")
        #expect(try stage.connection("state") == "reconnect")
    }

    @Test("a wrong client secret: exit 5, and the grant is kept")
    func wrongClientSecret() throws {
        let stage = try ThirdPartyStage(ThirdPartyServer.rotating.get(), .plain)
        try stage.consent("connect one")
        try stage.playground.write("wrong", 0o600, "not the client secret")
        try stage.run("advault app set-secret acme --client-secret-file wrong")
        let requests = try stage.tokenRequests {
            let outcome = try stage.run("advault refresh one --force", ends: 5)
            #expect(outcome.stderr.contains("Status: 401, Error: invalid_client"), "\(outcome.stderr)")
            #expect(outcome.stderr.contains("advault app set-secret"), "\(outcome.stderr)")
            try stage.consent("connect two", ends: 5)
        }
        #expect(requests == ["refresh_token 401", "authorization_code 401"])
        #expect(try stage.connection("state") == "app-error")

        try stage.run("advault app set-secret acme --client-secret-file secret")
        try stage.run("advault refresh one --force")
        #expect(try stage.connection("state") == "ok")
    }

    @Test("the member presses Cancel: nothing is asked for, nothing is stored")
    func cancelled() throws {
        let stage = try ThirdPartyStage(ThirdPartyServer.rotating.get(), .plain)
        let requests = try stage.tokenRequests { try stage.consent("connect one", by: "--deny", ends: 1) }
        #expect(requests.isEmpty)
        #expect(try stage.connection("name") == nil)
    }
}
