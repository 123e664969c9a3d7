import Foundation
import Sandbox
import Testing

@Suite struct LadderTests {
    static let analytics =
        "adAnalytics?q=analytics&pivot=ACCOUNT&timeGranularity=ALL"
        + "&dateRange=(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:2))"
        + "&accounts=List(urn%3Ali%3AsponsoredAccount%3A123)&fields=impressions,clicks"

    @Test func theLadderIsClimbed() async throws {
        try await withSandbox { client in
            let token = try await client.connect().access
            let users = try await client.api("adAccountUsers?q=authenticatedUser", token)
            let first = (users.json["elements"] as? [[String: Any]])?.first
            #expect(first?["account"] as? String == "urn:li:sponsoredAccount:123")
            #expect(first?["role"] as? String == "ACCOUNT_MANAGER")
            let accounts = try await client.api("adAccounts?q=search&pageSize=1", token)
            #expect((accounts.json["metadata"] as? [String: Any])?["nextPageToken"] as? String == "1")
            let rest = try await client.api("adAccounts?q=search&pageSize=1&pageToken=1", token)
            #expect((rest.json["metadata"] as? [String: Any])?.isEmpty == true)
            let numbers = try await client.api(LadderTests.analytics, token)
            #expect(numbers.status == 200)
            #expect((numbers.json["elements"] as? [[String: Any]])?.count == 1)
            #expect(numbers.header("x-li-request-id") != nil)
        }
    }

    @Test func analyticsWantsRestlisOwnEscaping() async throws {
        try await withSandbox { client in
            let token = try await client.connect().access
            let wrong = [
                LadderTests.analytics.replacingOccurrences(of: "(", with: "%28"),
                LadderTests.analytics.replacingOccurrences(of: "urn%3Ali", with: "urn:li"),
            ]
            for target in wrong { #expect(try await client.api(target, token).status == 400) }
            #expect(try await client.api(LadderTests.analytics, token, restli: nil).status == 400)
        }
    }

    @Test func theAPIVersionIsChecked() async throws {
        try await withSandbox { client in
            let token = try await client.connect().access
            let target = "adAccountUsers?q=authenticatedUser"
            let none = try await client.api(target, token, version: nil)
            #expect(none.status == 400)
            #expect(none.json["code"] as? String == "VERSION_MISSING")
            let old = try await client.api(target, token, version: "202401")
            #expect(old.status == 426)
            #expect(old.json["code"] as? String == "NONEXISTENT_VERSION")
        }
    }

    @Test func tokensThatDoNotWorkAreTold() async throws {
        try await withSandbox { client in
            func code(_ token: String) async throws -> Int? {
                let reply = try await client.api("adAccountUsers?q=authenticatedUser", token)
                #expect(reply.status == 401)
                return reply.json["serviceErrorCode"] as? Int
            }
            let pair = try await client.connect()
            #expect(try await code("nothing") == 65_600)
            #expect(try await code(pair.refresh) == 65_600)
            try await client.control("PUT", "settings", #"{"member_restricted": true}"#)
            #expect(try await code(pair.access) == 65_608)
            try await client.control("POST", "clock", #"{"advance": 5184000}"#)
            #expect(try await code(pair.access) == 65_602)
            try await client.control("POST", "revoke", #"{"family": "f1"}"#)
            #expect(try await code(pair.access) == 65_601)
        }
    }

    @Test func missingScopesAndRolesAreDenied() async throws {
        try await withSandbox { client in
            let token = try await client.connect(["scope": "r_ads"]).access
            let reply = try await client.api(LadderTests.analytics, token)
            #expect(reply.status == 403)
            #expect(reply.json["serviceErrorCode"] as? Int == 100)
            #expect(reply.json["code"] as? String == "ACCESS_DENIED")
            let whole = try await client.connect().access
            let foreign = LadderTests.analytics.replacingOccurrences(of: "%3A123)", with: "%3A999)")
            #expect(try await client.api(foreign, whole).status == 403)
        }
    }

    @Test func noRoleIsAnEmptyAnswerAndTheQuotaEnds() async throws {
        try await withSandbox({
            $0.accounts = []
            $0.callsLeft = 1
        }) { client in
            let token = try await client.connect().access
            let empty = try await client.api("adAccountUsers?q=authenticatedUser", token)
            #expect(empty.status == 200)
            #expect((empty.json["elements"] as? [Any])?.isEmpty == true)
            let over = try await client.api("adAccountUsers?q=authenticatedUser", token)
            #expect(over.status == 429)
            #expect(over.json["serviceErrorCode"] as? Int == 101)
            #expect(over.header("Retry-After") == nil)
        }
    }
}
