import Foundation

/// A LinkedIn-shaped authorization server: apps, grants, tokens and the log, in memory.
///
/// One actor, so that each request is carried out whole before the next: a refresh token is checked and spent in
/// one step, and of many that present it at once exactly one gets an answer.
package actor Sandbox {
    package var settings: Settings
    var apps: [String: App]
    var failures: [Failure] = []
    /// Requests taken, by endpoint.
    var counts: [Endpoint: Int] = [:]
    /// Requests taken and not answered yet, by endpoint, and the most there were at one time.
    var underWay: [Endpoint: Int] = [:]
    var mostAtOnce: [Endpoint: Int] = [:]
    /// The connections on which an endpoint's requests came.
    var peers: [Endpoint: Set<String>] = [:]
    var families: [String: Family] = [:]
    var tokens: [String: Token] = [:]
    var consents: [String: Consent] = [:]
    var saved: [String: Books] = [:]
    var log: TokenLog
    var held: [CheckedContinuation<Void, Never>] = []
    /// What the machine's clock says, in epoch seconds.
    let clock: @Sendable () -> Int
    /// Guards /sandbox/: a web page cannot know it.
    package nonisolated let controlKey = Random.string(43, from: Random.base64URL)

    /// The member who consents and owns the ad accounts.
    static let member = "urn:li:person:sandbox1"

    /// - Throws: `ControlError.file` where the log cannot be opened.
    package init(
        settings: Settings, apps: [App], logFile: String? = nil, logsTokens: Bool = false,
        clock: @escaping @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }
    ) throws {
        self.settings = settings
        self.apps = Dictionary(apps.map { ($0.id, $0) }) { $1 }
        self.log = try TokenLog(file: logFile, showsTokens: logsTokens)
        self.clock = clock
    }

    /// Epoch seconds, with the offset that was set.
    var now: Int { clock() + settings.clockOffset }

    /// An answer and how it is to be delivered.
    struct Delivery: Sendable {
        let answer: Answer
        let failure: Failure?
    }

    /// Carries out one request, or what a failure makes of it.
    func handle(_ request: Request) async -> Delivery {
        if request.path.hasPrefix("/sandbox/") { return Delivery(answer: control(request), failure: nil) }
        guard let endpoint = Endpoint(path: request.path) else {
            return Delivery(answer: request.path == "/" ? .html(200, Page.front) : .notFound, failure: nil)
        }
        counts[endpoint, default: 0] += 1
        if let peer = request.peer { peers[endpoint, default: []].insert(peer) }
        underWay[endpoint, default: 0] += 1
        mostAtOnce[endpoint] = max(mostAtOnce[endpoint] ?? 0, underWay[endpoint] ?? 0)
        defer { underWay[endpoint, default: 0] -= 1 }
        let failure = takeFailure(at: endpoint)
        let genuine = failure?.process == false ? nil : route(request, to: endpoint)
        let answer = failure?.apply(to: genuine) ?? genuine ?? .notFound
        if failure?.hold == true { await withCheckedContinuation { held.append($0) } }
        return Delivery(answer: withServerHeaders(answer), failure: failure)
    }

    /// The answer's last byte was handed to the kernel.
    func delivered(_ answer: Answer) {
        for token in answer.tokens { log.append(.answered, token, at: now) }
    }

    private func route(_ request: Request, to endpoint: Endpoint) -> Answer {
        switch endpoint {
        case .authorize: authorize(request)
        case .consent: consent(request)
        case .token: token(request)
        case .introspect: introspect(request)
        case .revoke: revoke(request)
        case .adAccountUsers, .adAccounts, .adAnalytics: ads(request, endpoint)
        }
    }

    /// The first failure for the endpoint, counted down.
    private func takeFailure(at endpoint: Endpoint) -> Failure? {
        guard let index = failures.firstIndex(where: { $0.endpoint == endpoint }) else { return nil }
        if failures[index].skip > 0 {
            failures[index].skip -= 1
            return nil
        }
        let failure = failures[index]
        failures[index].times -= 1
        if failures[index].times <= 0 { failures.remove(at: index) }
        return failure
    }

    /// LinkedIn's marks for its support, on every answer; a failure's own win.
    private func withServerHeaders(_ answer: Answer) -> Answer {
        let marks = [
            "X-LI-UUID": Random.string(22, from: Random.base64URL) + "==",
            "X-LI-Request-Id": Random.string(16, from: Random.hexadecimal).uppercased(),
            "X-LI-Fabric": "sandbox",
        ]
        var answer = answer
        let given = Set(answer.headers.keys.map { $0.lowercased() })
        answer.headers.merge(marks.filter { !given.contains($0.key.lowercased()) }) { $1 }
        return answer
    }
}
