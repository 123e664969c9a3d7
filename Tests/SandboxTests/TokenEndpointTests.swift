import Foundation
import Sandbox
import Testing

@Suite struct ExchangeTests {
    @Test func theAnswerHasLinkedInsShape() async throws {
        try await withSandbox { client in
            let reply = try await client.exchange(client.code())
            #expect(reply.status == 200)
            #expect(reply.json["expires_in"] as? Int == 5_184_000)
            #expect(reply.json["refresh_token_expires_in"] as? Int == 31_536_000)
            #expect(reply.json["scope"] as? String == "r_ads,r_ads_reporting")
            #expect(Pair(reply).access.count == 500)
            #expect(Pair(reply).refresh.count == 500)
            #expect(reply.header("x-li-uuid") != nil)
        }
    }

    @Test func aCodeHasOneUseAndTheSecondEndsTheGrant() async throws {
        try await withSandbox { client in
            let code = try await client.code()
            let pair = try await Pair(client.exchange(code))
            let second = try await client.exchange(code)
            #expect(second.status == 400)
            #expect(second.error == "invalid_request")
            #expect(second.description?.contains("authorization code not found") == true)
            #expect(try await client.introspect(pair.access).json["status"] as? String == "revoked")
        }
    }

    @Test func aCodeLivesThirtyMinutes() async throws {
        try await withSandbox { client in
            let code = try await client.code()
            try await client.control("POST", "clock", #"{"advance": 1800}"#)
            let reply = try await client.exchange(code)
            #expect(reply.status == 400)
            #expect(reply.error == "invalid_redirect_uri")
        }
    }

    @Test func basicAuthenticationWorksAndTwoWaysDoNot() async throws {
        try await withSandbox { client in
            let secret = Client.escape(client.app.secret)
            let pair = Data("\(client.app.id):\(secret)".utf8).base64EncodedString()
            let header = ["Authorization": "Basic " + pair]
            let fields = [
                "grant_type": "authorization_code", "code": try await client.code(),
                "redirect_uri": Client.redirectURI,
            ]
            let both = fields.merging(["client_secret": client.app.secret]) { $1 }
            let path = "/oauth/v2/accessToken"
            #expect(try await client.post(path, both, headers: header).error == "invalid_request")
            #expect(try await client.post(path, fields, headers: header).status == 200)
        }
    }

    @Test(arguments: [
        (["client_secret": "wrong"], 401, "invalid_client"), (["client_id": "nobody"], 401, "invalid_client"),
        (["client_id": ""], 400, "invalid_request"), (["client_secret": ""], 400, "invalid_request"),
        (["grant_type": ""], 400, "invalid_request"),
        (["grant_type": "password"], 400, "unsupported_grant_type"),
        (["code": ""], 400, "invalid_request"), (["redirect_uri": ""], 400, "invalid_request"),
        (["redirect_uri": "http://localhost:1/"], 400, "invalid_redirect_uri"),
        (["code_verifier": "unasked"], 400, "invalid_redirect_uri"),
    ])
    func faultsAreSorted(_ changes: [String: String], _ status: Int, _ error: String) async throws {
        try await withSandbox { client in
            let reply = try await client.exchange(client.code(), changes)
            #expect(reply.status == status)
            #expect(reply.error == error)
            if let name = changes.first(where: { $0.value.isEmpty })?.key {
                #expect(reply.description == "A required parameter \"\(name)\" is missing")
            }
        }
    }

    @Test func aRepeatedParameterIsRefused() async throws {
        try await withSandbox { client in
            let type = ["Content-Type": "application/x-www-form-urlencoded"]
            let reply = try await client.send(
                "POST", "/oauth/v2/accessToken", body: "grant_type=a&grant_type=b", headers: type)
            #expect(reply.status == 400)
            #expect(reply.error == "invalid_request")
            #expect(reply.description == "The parameter \"grant_type\" is repeated")
        }
    }

    @Test func anotherScopeSetEndsEarlierAccessTokens() async throws {
        try await withSandbox { client in
            let first = try await client.connect()
            let same = try await client.connect()
            #expect(try await client.introspect(first.access).json["active"] as? Bool == true)
            _ = try await client.connect(["scope": "r_ads"])
            #expect(try await client.introspect(first.access).json["active"] as? Bool == false)
            #expect(try await client.introspect(same.access).json["active"] as? Bool == false)
            #expect(try await client.refresh(first.refresh).status == 200)
        }
    }
}

@Suite struct RefreshTests {
    @Test func stableGivesTheSameTokenAndDoesNotExtendIt() async throws {
        try await withSandbox { client in
            let first = try await client.connect()
            try await client.control("POST", "clock", #"{"advance": 31000000}"#)
            let reply = try await client.refresh(first.refresh)
            #expect(Pair(reply).refresh == first.refresh)
            #expect(Pair(reply).access != first.access)
            let left = try #require(reply.json["refresh_token_expires_in"] as? Int)
            #expect((535_000...536_000).contains(left))
            #expect(reply.json["expires_in"] as? Int == left, "the access token is cut to the consent's end")
            try await client.control("POST", "clock", #"{"advance": 536000}"#)
            #expect(try await client.refresh(first.refresh).error == "invalid_grant")
        }
    }

    @Test func rotationSpendsAndReuseEndsTheFamily() async throws {
        try await withSandbox({ $0.refresh = .rotating }) { client in
            let first = try await client.connect()
            let second = try await Pair(client.refresh(first.refresh))
            #expect(second.refresh != first.refresh)
            let other = try await client.connect()
            let reuse = try await client.refresh(first.refresh)
            #expect(reuse.status == 400)
            #expect(reuse.error == "invalid_grant")
            let words = "The provided authorization grant or refresh token is invalid, expired or revoked"
            #expect(reuse.description == words)
            #expect(try await client.refresh(second.refresh).error == "invalid_grant")
            #expect(try await client.introspect(second.access).json["status"] as? String == "revoked")
            #expect(try await client.refresh(other.refresh).status == 200, "another grant is not touched")
            #expect(try await client.log().contains { $0.event == .reused && $0.token == first.refresh })
        }
    }

    @Test func ofManyAtOnceExactlyOneGetsAnAnswer() async throws {
        try await withSandbox({ $0.refresh = .rotating }) { client in
            let token = try await client.connect().refresh
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 { group.addTask { try await client.refresh(token).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
            #expect(statuses.filter { $0 == 400 }.count == 15)
            let log = try await client.log()
            #expect(log.filter { $0.event == .spent && $0.token == token }.count == 1)
            #expect(log.filter { $0.event == .reused && $0.token == token }.count == 15)
        }
    }

    @Test func graceTakesASpentTokenOnceMore() async throws {
        try await withSandbox({
            $0.refresh = .rotating
            $0.refreshGrace = 60
        }) { client in
            let first = try await client.connect()
            #expect(try await client.refresh(first.refresh).status == 200)
            #expect(try await client.refresh(first.refresh).status == 200)
            try await client.control("POST", "clock", #"{"advance": 60}"#)
            #expect(try await client.refresh(first.refresh).error == "invalid_grant")
        }
    }

    @Test func withoutRefreshTokensNoneIsGivenOrTaken() async throws {
        try await withSandbox({ $0.refresh = .none }) { client in
            let reply = try await client.exchange(client.code())
            #expect(reply.json["refresh_token"] == nil)
            #expect(reply.json["refresh_token_expires_in"] == nil)
            #expect(try await client.refresh("any").error == "unauthorized_client")
        }
    }

    @Test func anotherAppsTokenIsAMismatch() async throws {
        let other = App(id: "other", secret: "s", redirectURIs: [])
        try await withSandbox(apps: [other]) { client in
            let pair = try await client.connect()
            let reply = try await client.refresh(pair.refresh, ["client_id": "other", "client_secret": "s"])
            #expect(reply.status == 400)
            #expect(reply.error == "refresh_token_client_mismatch")
            #expect(reply.description == "The passed in client_id does not own the refresh token")
            #expect(try await client.refresh(pair.refresh).status == 200)
        }
    }

    @Test func answersCanBeShapedAsSeenOnTheWire() async throws {
        try await withSandbox({
            $0.expiresAsString = true
            $0.tokenTypeInAnswer = false
            $0.refreshInAnswer = false
            $0.claimedRefreshLifetime = 525_600
            $0.tokenLength = 7_000
        }) { client in
            let first = try await client.exchange(client.code())
            #expect(first.json["expires_in"] as? String == "5184000")
            #expect(first.json["refresh_token_expires_in"] as? Int == 525_600)
            #expect(first.json["token_type"] == nil)
            #expect(Pair(first).access.count == 7_000)
            let second = try await client.refresh(Pair(first).refresh)
            #expect(second.json["refresh_token"] == nil)
        }
    }
}

@Suite struct IntrospectionTests {
    @Test func aDummyTokenProvesTheApp() async throws {
        try await withSandbox { client in
            let good = try await client.introspect("dummy")
            #expect(good.status == 200)
            #expect(good.json["active"] as? Bool == false)
            #expect(try await client.introspect("dummy", ["client_secret": "wrong"]).status == 401)
            #expect(try await client.introspect("dummy", ["client_id": "nobody"]).status == 400)
        }
    }

    @Test func anActiveTokenIsDescribed() async throws {
        try await withSandbox { client in
            let json = try await client.introspect(client.connect().access).json
            #expect(json["active"] as? Bool == true)
            #expect(json["status"] as? String == "active")
            #expect(json["scope"] as? String == "r_ads,r_ads_reporting")
            let created = try #require(json["created_at"] as? Int)
            #expect(json["expires_at"] as? Int == created + 5_184_000)
            #expect(json["authorized_at"] as? Int != nil)
        }
    }

    @Test func anotherAppsTokenIsInactive() async throws {
        let other = App(id: "other", secret: "s", redirectURIs: [])
        try await withSandbox(apps: [other]) { client in
            let pair = try await client.connect()
            let reply = try await client.introspect(
                pair.access, ["client_id": "other", "client_secret": "s"])
            #expect(reply.status == 200)
            #expect(reply.json.count == 1)
            #expect(reply.json["active"] as? Bool == false)
        }
    }

    @Test func expiryAndTheMembersRevocationShow() async throws {
        try await withSandbox { client in
            let pair = try await client.connect()
            try await client.control("POST", "clock", #"{"advance": 5184000}"#)
            #expect(try await client.introspect(pair.access).json["status"] as? String == "expired")
            try await client.control("POST", "revoke", #"{"all": true}"#)
            #expect(try await client.introspect(pair.access).json["status"] as? String == "revoked")
            #expect(try await client.refresh(pair.refresh).error == "invalid_grant")
        }
    }

    @Test func revocationIsThereOnlyWhereItIsSwitchedOn() async throws {
        try await withSandbox { client in
            let pair = try await client.connect()
            let fields = [
                "client_id": client.app.id, "client_secret": client.app.secret, "token": pair.refresh,
            ]
            #expect(try await client.post("/oauth/v2/revoke", fields).status == 404)
            try await client.control("PUT", "settings", #"{"revocation": true}"#)
            #expect(try await client.post("/oauth/v2/revoke", fields).status == 200)
            #expect(try await client.introspect(pair.access).json["status"] as? String == "revoked")
        }
    }
}
