import OAuthCore
import Providers
import Testing

@Suite struct TestLadderTests {
    static let active = #"{"active":true,"status":"active","scope":"r_ads,r_ads_reporting"}"#
    static let users = """
        {"elements":[{"account":"urn:li:sponsoredAccount:123","role":"ACCOUNT_MANAGER","user":"urn:li:person:Ab"},
        {"account":"urn:li:sponsoredAccount:9(x)","role":"VIEWER"}]}
        """
    static let accounts = #"{"elements":[{"id":123,"name":"x"},{"id":456}],"metadata":{"nextPageToken":"t"}}"#

    static func ladder(
        age: Int64? = nil, version: String? = nil, profile: ProviderProfile? = nil
    ) throws -> TestLadder {
        try TestLadder(
            profile: try profile ?? linkedIn(),
            settings: .init(
                apiVersion: version, today: CalendarDate(unixSeconds: 1_793_577_600), tokenAge: age,
                scopes: []))
    }

    static func call(_ url: String, version: String = "202610", after: Int = 0) -> TestLadder.Step {
        .call(
            APICall(
                url: url,
                headers: [
                    HTTPHeader("LinkedIn-Version", version), HTTPHeader("X-Restli-Protocol-Version", "2.0.0"),
                ]),
            afterSeconds: after)
    }

    /// Every request of the ladder, byte for byte as LINKEDIN.md has it.
    @Test func climbs() throws {
        var ladder = try Self.ladder(version: "202609")
        #expect(ladder.next == .introspect)
        ladder.take(try answer(200, Self.active))
        #expect(
            ladder.next
                == Self.call(
                    "https://api.linkedin.com/rest/adAccountUsers?q=authenticatedUser", version: "202609"))
        ladder.take(
            try answer(200, Self.users, headers: [HTTPHeader("x-li-uuid", "U"), HTTPHeader("date", "d")]))
        #expect(
            ladder.next
                == Self.call(
                    "https://api.linkedin.com/rest/adAccounts?q=search&pageSize=10", version: "202609"))
        ladder.take(try answer(200, Self.accounts))
        #expect(
            ladder.next
                == Self.call(
                    "https://api.linkedin.com/rest/adAnalytics?q=analytics&pivot=ACCOUNT&timeGranularity=ALL&dateRange="
                        + "(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:2))"
                        + "&accounts=List(urn%3Ali%3AsponsoredAccount%3A123)&fields=impressions,clicks",
                    version: "202609"))
        ladder.take(try answer(200, #"{"elements":[]}"#))
        #expect(ladder.next == nil)
        #expect(ladder.verdict == .works)
        #expect(ladder.rungs.map(\.name) == ["introspect", "adAccountUsers", "adAccounts", "adAnalytics"])
        #expect(ladder.rungs[1].requestIDs == [HTTPHeader("x-li-uuid", "U")])
        #expect(ladder.moreAccounts)
        #expect(ladder.introspection?.active == true)
        #expect(
            ladder.accounts == [
                AdAccount(
                    urn: "urn:li:sponsoredAccount:123", role: "ACCOUNT_MANAGER", member: "urn:li:person:Ab"),
                AdAccount(urn: "urn:li:sponsoredAccount:456", role: nil, member: nil),
            ])
    }

    static let withdrawn = TestVerdict.apiVersionWithdrawn(
        APIVersion(
            header: "LinkedIn-Version", value: "202610", origin: .standard, provider: "linkedin-ads"))

    /// The table of API answers, one test a row: body, verdict, and whether the ladder goes on.
    static let rows: [(Int, String, TestVerdict, Bool)] = [
        (200, #"{"elements":[]}"#, .worksWithoutAccount, true), (200, "{}", .unreadable, true),
        (200, "<html>", .unreadable, true), (400, #"{"code":"VERSION_MISSING"}"#, .ourBug, true),
        (401, #"{"serviceErrorCode":65600,"code":"INVALID_ACCESS_TOKEN"}"#, .invalid, false),
        (401, #"{"serviceErrorCode":65601,"code":"REVOKED_ACCESS_TOKEN"}"#, .revoked, false),
        (401, #"{"serviceErrorCode":"65602","code":"EXPIRED_ACCESS_TOKEN"}"#, .expired, false),
        (401, #"{"serviceErrorCode":65608}"#, .memberRestricted, false),
        (401, #"{"serviceErrorCode":65699}"#, .transient, true), (401, "{}", .transient, true),
        (401, "<html>", .unreadable, true),
        (403, #"{"serviceErrorCode":100,"code":"ACCESS_DENIED"}"#, .permissionMissing, true),
        (403, #"{"code":"ACCESS_DENIED"}"#, .permissionMissing, true), (403, "{}", .transient, true),
        (404, #"{"code":"RESOURCE_NOT_FOUND"}"#, .notFound, true),
        (426, #"{"code":"NONEXISTENT_VERSION"}"#, withdrawn, false), (426, "{}", .transient, true),
        (429, #"{"serviceErrorCode":101}"#, .quotaUsed, false), (429, "{}", .transient, true),
        (500, #"{"serviceErrorCode":65601}"#, .transient, true), (502, "<html>", .transient, true),
        (999, "{}", .transient, true), (302, "{}", .transient, true),
    ]

    @Test(arguments: rows) func judges(
        _ status: Int, _ body: String, _ verdict: TestVerdict, _ goesOn: Bool
    ) throws {
        var ladder = try Self.ladder()
        ladder.take(try answer(200, Self.active))
        ladder.take(try answer(status, body))
        #expect(ladder.rungs[1].verdict == verdict)
        #expect(ladder.rungs[1].status == status)
        #expect((ladder.next != nil) == goesOn)
        #expect(ladder.rungs.count == (goesOn ? 2 : 4))
    }

    static let introspections: [(Int, String, TestVerdict, Bool)] = [
        (200, #"{"active":false,"status":"revoked"}"#, .revoked, false),
        (200, #"{"active":false,"status":"expired"}"#, .expired, false),
        (200, #"{"active":false}"#, .invalid, false),
        (200, #"{"active":true,"scope":"r_ads"}"#, .scopesMissing(["r_ads_reporting"]), true),
        (200, #"{"active":true}"#, .works, true), (200, "{", .unreadable, true),
        (500, "{}", .transient, true),
        (502, "<html>", .transient, true), (429, "{}", .transient, true),
    ]

    @Test(arguments: introspections) func judgesIntrospection(
        _ status: Int, _ body: String, _ verdict: TestVerdict, _ goesOn: Bool
    ) throws {
        var ladder = try Self.ladder()
        ladder.take(try answer(status, body))
        #expect(ladder.rungs[0].verdict == verdict)
        #expect((ladder.next != nil) == goesOn)
        #expect(ladder.verdict == verdict)
    }

    /// The app's trouble is said, the token is tested all the same, and nothing says "reconnect".
    @Test func aWrongClientSecretIsTheAppsTrouble() throws {
        var ladder = try Self.ladder()
        ladder.take(try answer(401, #"{"error":"invalid_client"}"#))
        #expect(ladder.rungs[0].verdict.kind == .app)
        #expect(ladder.rungs[0].verdict.code == .invalidClient)
        #expect(ladder.next != nil)
    }

    /// 65601 just after issue is a false alarm: asked again, three times.
    @Test func aYoungTokenIsAskedAgain() throws {
        let revoked = #"{"serviceErrorCode":65601}"#
        let url = "https://api.linkedin.com/rest/adAccountUsers?q=authenticatedUser"
        var ladder = try Self.ladder(age: 5)
        ladder.take(try answer(200, Self.active))
        for delay in [2, 4, 8] {
            ladder.take(try answer(401, revoked))
            #expect(ladder.next == Self.call(url, after: delay))
        }
        var alarm = ladder
        alarm.take(try answer(401, revoked))
        #expect(alarm.rungs[1].verdict == .transient)
        ladder.take(try answer(200, Self.users))
        #expect(ladder.rungs[1].verdict == .works)
        #expect(ladder.next == Self.call("https://api.linkedin.com/rest/adAccounts?q=search&pageSize=10"))
    }

    @Test(arguments: [nil, 60, 3600] as [Int64?]) func anOldTokenIsRevoked(_ age: Int64?) throws {
        var ladder = try Self.ladder(age: age)
        ladder.take(try answer(200, Self.active))
        ladder.take(try answer(401, #"{"serviceErrorCode":65601}"#))
        #expect(ladder.verdict == .revoked)
    }

    /// It turns a minute old while it is asked again.
    @Test func aTokenGrowsUpMeanwhile() throws {
        var ladder = try Self.ladder(age: 59)
        ladder.take(try answer(200, Self.active))
        ladder.take(try answer(401, #"{"serviceErrorCode":65601}"#))
        #expect(ladder.next != nil)
        ladder.take(try answer(401, #"{"serviceErrorCode":65601}"#))
        #expect(ladder.verdict == .revoked)
    }

    @Test func withoutAnAccountThereIsNoReportToAskFor() throws {
        var ladder = try Self.ladder()
        ladder.take(try answer(200, Self.active))
        ladder.take(try answer(200, #"{"elements":[]}"#))
        ladder.take(try answer(200, #"{"elements":[]}"#))
        #expect(ladder.next == nil)
        #expect(ladder.rungs[3].verdict == .skipped(.noAccount))
        #expect(ladder.verdict == .worksWithoutAccount)
    }

    @Test func noAnswerEndsIt() throws {
        var ladder = try Self.ladder()
        ladder.takeNoAnswer()
        #expect(ladder.next == nil)
        let skipped = TestVerdict.skipped(.earlierFailure)
        #expect(ladder.rungs.map(\.verdict) == [.transient, skipped, skipped, skipped])
        #expect(ladder.verdict == .transient)
        ladder.take(try answer(200, Self.active))
        ladder.takeNoAnswer()
        #expect(ladder.rungs.count == 4)
    }

    @Test(arguments: ["", "2026", "2026101", "20261x", "202610\r\nX: y", "２０２６１０"])
    func refusesAVersion(_ version: String) {
        #expect(throws: ProvidersError.apiVersion(version)) { _ = try Self.ladder(version: version) }
    }

    /// Each header once: a setting beats the provider file, the file beats the default.
    @Test(arguments: [(nil, "202601"), ("202609", "202609")] as [(String?, String)])
    func theVersionIsSentOnce(_ setting: String?, _ sent: String) throws {
        var profile = try linkedIn()
        profile.headers = [
            HTTPHeader("linkedin-version", "202601"), HTTPHeader("X-Restli-Protocol-Version", "1"),
        ]
        var ladder = try Self.ladder(version: setting, profile: profile)
        ladder.take(try answer(200, Self.active))
        #expect(
            ladder.next
                == Self.call(
                    "https://api.linkedin.com/rest/adAccountUsers?q=authenticatedUser", version: sent))
    }

    /// Who chose the version that was withdrawn: each beats the ones after it.
    @Test func saysWhereTheVersionComesFrom() throws {
        var file = try linkedIn()
        file.headers = [HTTPHeader("LinkedIn-Version", "202601")]
        let choices: [(String?, String?, ProviderProfile, String, APIVersion.Origin)] = [
            ("202609", "202608", file, "202609", .option), (nil, "202608", file, "202608", .settings),
            (nil, nil, file, "202601", .providerFile), (nil, nil, try linkedIn(), "202610", .standard),
        ]
        for (option, setting, profile, sent, origin) in choices {
            var ladder = try TestLadder(
                profile: profile,
                settings: .init(
                    optionVersion: option, apiVersion: setting, today: CalendarDate(unixSeconds: 0),
                    tokenAge: nil, scopes: []))
            ladder.take(try answer(200, Self.active))
            ladder.take(try answer(426, #"{"code":"NONEXISTENT_VERSION"}"#))
            #expect(
                ladder.verdict
                    == .apiVersionWithdrawn(
                        APIVersion(
                            header: "LinkedIn-Version", value: sent, origin: origin,
                            provider: "linkedin-ads")))
        }
    }

    @Test func decodesEntitiesInAMessage() throws {
        var ladder = try Self.ladder()
        ladder.take(try answer(200, Self.active))
        ladder.take(try answer(403, #"{"serviceErrorCode":100,"message":"&quot;a&quot; &amp;quot;"}"#))
        #expect(ladder.rungs[1].message == "\"a\" &quot;")
    }

    /// A plain provider: GET with bearer, verdict by status.
    @Test(arguments: [
        (200, TestVerdict.works), (204, .works), (401, .invalid), (403, .permissionMissing), (404, .notFound),
        (400, .ourBug), (429, .transient), (500, .transient), (302, .transient),
    ]) func judgesAPlainProvider(_ status: Int, _ verdict: TestVerdict) throws {
        var profile = ProviderProfile(
            name: "plain", authorizeURL: try EndpointURL("https://as.example/a"),
            tokenURL: try EndpointURL("https://as.example/t"), clientAuth: .basic, refresh: .rotating)
        profile.headers = [HTTPHeader("User-Agent", "x")]
        profile.tests = [.init(name: "me", url: try EndpointURL("https://api.example/me"), scope: nil)]
        var ladder = try Self.ladder(age: 1, profile: profile)
        #expect(
            ladder.next
                == .call(
                    APICall(url: "https://api.example/me", headers: [HTTPHeader("User-Agent", "x")]),
                    afterSeconds: 0))
        ladder.take(try answer(status, "anything"))
        #expect(ladder.rungs.map(\.verdict) == [.skipped(.notOffered), verdict])
        #expect(ladder.next == nil)
    }

    @Test func nothingToAsk() throws {
        let profile = ProviderProfile(
            name: "plain", authorizeURL: try EndpointURL("https://as.example/a"),
            tokenURL: try EndpointURL("https://as.example/t"), clientAuth: .none, refresh: .none)
        let ladder = try Self.ladder(profile: profile)
        #expect(ladder.next == nil)
        #expect(ladder.verdict == .skipped(.notOffered))
    }
}
