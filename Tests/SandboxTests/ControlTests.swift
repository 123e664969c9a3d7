import Foundation
import Sandbox
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite struct ControlTests {
    @Test(arguments: ["settings", "log", "state", "apps", "failures"])
    func nobodyWithoutTheKeyIsServed(_ path: String) async throws {
        try await withSandbox { client in
            let bare = try await client.send("GET", "/sandbox/" + path)
            let wrong = try await client.send("GET", "/sandbox/" + path, headers: ["X-Sandbox-Key": "guess"])
            #expect(bare.status == 403)
            #expect(wrong.status == 403)
            #expect(try await client.control("GET", path).status == 200)
        }
    }

    @Test(arguments: [
        #"{"acess_lifetime": 5}"#, #"{"access_lifetime": "5"}"#, #"{"refresh": "sometimes"}"#, "[]", "",
    ])
    func aWrongSettingChangesNothing(_ body: String) async throws {
        try await withSandbox { client in
            let reply = try await client.control("PUT", "settings", body)
            #expect(reply.status == 400)
            #expect(await client.server.sandbox.settings == Settings())
        }
    }

    /// A vault that was put back holds a token that was spent since: with the books put back too, it is live.
    @Test func booksThatWereKeptAreGoneBackTo() async throws {
        try await withSandbox { client in
            try await client.control("PUT", "settings", #"{"refresh": "rotating"}"#)
            let first = try await client.connect()
            try await client.control("POST", "keep", #"{"name": "before"}"#)
            for _ in 0..<2 {
                #expect(try await client.refresh(first.refresh).status == 200)
                #expect(try await client.refresh(first.refresh).status == 400)
                #expect(try await client.control("POST", "return", #"{"name": "before"}"#).status == 200)
            }
            #expect(try await client.control("POST", "return", #"{"name": "never"}"#).status == 400)
        }
    }

    @Test func settingsChangeOneByOne() async throws {
        try await withSandbox { client in
            try await client.control("PUT", "settings", #"{"access_lifetime": 60, "refresh": "rotating"}"#)
            let reply = try await client.exchange(client.code())
            #expect(reply.json["expires_in"] as? Int == 60)
            #expect(try await client.control("GET", "settings").json["refresh"] as? String == "rotating")
        }
    }

    @Test func grantsComeWithoutABrowserAndEachRefreshes() async throws {
        try await withSandbox { client in
            try await client.control("PUT", "settings", #"{"refresh": "rotating"}"#)
            let reply = try await client.control(
                "POST", "grants", #"{"client_id": "\#(client.app.id)", "count": 3}"#)
            let grants = reply.json["grants"] as? [[String: Any]] ?? []
            #expect(grants.count == 3)
            for grant in grants {
                let token = try #require(grant["refresh_token"] as? String)
                #expect(try await client.refresh(token).status == 200)
                #expect(try await client.refresh(token).status == 400)
            }
            let state = try await client.control("GET", "state").json
            #expect((state["most_at_once"] as? [String: Int])?["token"] == 1)
            #expect((state["connections"] as? [String: Int])?["token"] ?? 0 >= 1)
        }
    }

    @Test(arguments: [#"{"count": 1}"#, #"{"client_id": "nobody", "count": 1}"#])
    func grantsAreForAnAppThatThereIs(_ body: String) async throws {
        try await withSandbox { client in
            let reply = try await client.control("POST", "grants", body)
            #expect(reply.status == 400)
        }
    }

    @Test func appsCanBeAdded() async throws {
        try await withSandbox { client in
            try await client.control(
                "POST", "apps", #"{"id": "late", "secret": "s", "redirect_uris": ["http://localhost:1/"]}"#)
            let page = try await client.authorize([
                "client_id": "late", "redirect_uri": "http://localhost:1/",
            ])
            #expect(page.status == 200)
        }
    }

    @Test func aPreparedAnswerTakesTheRequestsPlaceAndSpendsNothing() async throws {
        try await withSandbox({ $0.refresh = .rotating }) { client in
            let pair = try await client.connect()
            try await client.control(
                "POST", "failures",
                #"{"endpoint": "token", "times": 2, "status": 503, "body": "<h1>later</h1>", "headers": {"Retry-After": "7"}}"#
            )
            for _ in 0..<2 {
                let reply = try await client.refresh(pair.refresh)
                #expect(reply.status == 503)
                #expect(reply.text == "<h1>later</h1>")
                #expect(reply.header("Retry-After") == "7")
            }
            #expect(try await client.refresh(pair.refresh).status == 200)
        }
    }

    @Test(arguments: [#""drop": true"#, #""cut_after": 20"#, #""cut_after": 0"#])
    func aLostAnswerSpendsTheTokenAndIsNotLoggedAsAnswered(_ failure: String) async throws {
        try await withSandbox({ $0.refresh = .rotating }) { client in
            let pair = try await client.connect()
            try await client.control("POST", "failures", #"{"endpoint": "token", \#(failure)}"#)
            await #expect(throws: URLError.self) {
                try await client.alone { try await $0.refresh(pair.refresh) }
            }
            let log = try await client.log()
            #expect(log.contains { $0.event == .spent && $0.token == pair.refresh })
            let lost = try #require(log.last { $0.event == .issued && $0.kind == .refresh })
            #expect(!log.contains { $0.event == .answered && $0.sha256 == lost.sha256 })
        }
    }

    @Test func anUnprocessedDropSpendsNothing() async throws {
        try await withSandbox({ $0.refresh = .rotating }) { client in
            let pair = try await client.connect()
            try await client.control(
                "POST", "failures", #"{"endpoint": "token", "drop": true, "process": false}"#)
            await #expect(throws: URLError.self) {
                try await client.alone { try await $0.refresh(pair.refresh) }
            }
            #expect(try await client.refresh(pair.refresh).status == 200)
        }
    }

    @Test func aFailureCanWaitItsTurn() async throws {
        try await withSandbox { client in
            let pair = try await client.connect()
            try await client.control("POST", "failures", #"{"endpoint": "token", "skip": 1, "status": 500}"#)
            #expect(try await client.refresh(pair.refresh).status == 200)
            #expect(try await client.refresh(pair.refresh).status == 500)
            #expect(try await client.refresh(pair.refresh).status == 200)
        }
    }

    @Test func aHeldAnswerComesWhenItIsReleased() async throws {
        try await withSandbox { client in
            let pair = try await client.connect()
            try await client.control("POST", "failures", #"{"endpoint": "token", "hold": true}"#)
            async let held = client.refresh(pair.refresh)
            while try await client.control("GET", "state").json["held"] as? Int != 1 { await Task.yield() }
            try await client.control("POST", "release")
            #expect(try await held.status == 200)
        }
    }

    @Test func anUnknownFieldOfAFailureIsRefused() async throws {
        try await withSandbox { client in
            let reply = try await client.control("POST", "failures", #"{"endpoint": "token", "dorp": true}"#)
            #expect(reply.status == 400)
        }
    }
}

@Suite struct LogTests {
    @Test func theFileHoldsWhatTheServerTells() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/sandbox-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withSandbox({ $0.refresh = .rotating }, logFile: path) { client in
            let first = try await client.connect()
            let second = try await Pair(client.refresh(first.refresh))
            let served = try await client.control("GET", "log").data
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == served)
            let log = try await client.log()
            #expect(log.map(\.sequence) == Array(1...log.count))
            let expected: [(TokenEvent, TokenKind)] = [
                (.issued, .code), (.spent, .code), (.issued, .refresh), (.issued, .access),
                (.answered, .access), (.answered, .refresh), (.spent, .refresh), (.issued, .refresh),
                (.issued, .access), (.answered, .access), (.answered, .refresh),
            ]
            #expect(log.map(\.event) == expected.map(\.0))
            #expect(log.map(\.kind) == expected.map(\.1))
            #expect(log.last?.token == second.refresh)
            #expect(log.last?.sha256 == Fingerprint.hexadecimal(second.refresh))
        }
    }

    @Test func tokensStayOutOfTheLogUnlessAskedFor() async throws {
        let app = App.random(redirectURIs: [Client.redirectURI])
        let server = try await SandboxServer.start(Sandbox(settings: Settings(), apps: [app]))
        let client = Client(server: server, app: app)
        let pair = try await client.connect()
        let text = try await client.control("GET", "log").text
        #expect(!pair.access.isEmpty)
        #expect(!text.contains(pair.access))
        #expect(text.contains(Fingerprint.hexadecimal(pair.access)))
        client.end()
        await server.stop()
    }

    /// FIPS 180-4's examples, and the lengths at which the padding needs another block.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func fingerprintsAreSHA256(_ text: String, _ expected: String) {
        #expect(Fingerprint.hexadecimal(text) == expected)
    }
}

@Suite struct ProviderFileTests {
    @Test func itHasTheFormsFieldsAndNoOthers() throws {
        let known: Set<String> = [
            "name", "authorize_url", "token_url", "introspect_url", "revoke_url", "issuer", "consent_page",
            "documentation", "client_auth", "pkce", "scopes", "scope_separator", "authorize_params",
            "token_params", "refresh_params", "refresh", "refresh_grace_s", "headers", "error_classes",
            "access_lifetime_field", "refresh_lifetime_field", "tests", "quirks",
        ]
        let data = try ProviderFile.json(baseURL: "http://127.0.0.1:9", refresh: .rotating)
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(Set(file.keys).isSubset(of: known))
        #expect(file["token_url"] as? String == "http://127.0.0.1:9/oauth/v2/accessToken")
        #expect(file["refresh"] as? String == "rotating")
    }
}
