import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Plays the member's browser: follows redirects with a cookie jar, presses Allow on the consent page, and says
/// what it sees.
struct TourBrowser {
    /// Cookies by host; as in browsers, a port makes no difference.
    private var jar: [String: [String: String]] = [:]
    private let session: URLSession

    init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        configuration.timeoutIntervalForRequest = 30
        session = URLSession(configuration: configuration, delegate: NoRedirects(), delegateQueue: nil)
    }

    /// From our start page to the callback.
    ///
    /// - Returns: the status of the last page.
    /// - Throws: `TourFailure.browser` where a page is not what it should be.
    mutating func consent(startingAt start: String) async throws -> Int {
        defer { session.finishTasksAndInvalidate() }
        let page = try await follow(get(start))
        guard page.status == 200, let number = TourBrowser.number(in: page.text) else {
            throw TourFailure.browser("no consent page came, but status \(page.status)")
        }
        guard let action = URL(string: "/oauth/v2/consent", relativeTo: page.url)?.absoluteString else {
            throw TourFailure.browser("the consent page's address cannot be read")
        }
        let body = Form.encode([("request", number), ("decision", Decision.approve.rawValue)])
        return try await follow(send("POST", action, body: body)).status
    }

    private struct Page {
        let url: URL
        let status: Int
        let text: String
        let location: String?
    }

    private mutating func follow(_ first: Page) async throws -> Page {
        var page = first
        for _ in 0..<10 {
            guard let location = page.location, (300..<400).contains(page.status) else { return page }
            guard let next = URL(string: location, relativeTo: page.url) else { return page }
            page = try await get(next.absoluteString)
        }
        throw TourFailure.browser("too many redirects")
    }

    private mutating func get(_ address: String) async throws -> Page { try await send("GET", address) }

    /// As a browser sends the navigation of a whole page.
    private mutating func send(_ method: String, _ address: String, body: String? = nil) async throws -> Page
    {
        guard let url = URL(string: address), let host = url.host else {
            throw TourFailure.browser("not an address: \(address)")
        }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.setValue("navigate", forHTTPHeaderField: "Sec-Fetch-Mode")
        request.setValue("document", forHTTPHeaderField: "Sec-Fetch-Dest")
        if let body {
            request.httpBody = Data(body.utf8)
            request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        }
        let cookies = (jar[host] ?? [:]).map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        if !cookies.isEmpty { request.setValue(cookies, forHTTPHeaderField: "Cookie") }
        let (data, response) = try await session.data(for: request)
        guard let answer = response as? HTTPURLResponse else { throw TourFailure.browser("no HTTP answer") }
        if let cookie = answer.value(forHTTPHeaderField: "Set-Cookie") { keep(cookie, of: host) }
        return Page(
            url: url, status: answer.statusCode, text: String(decoding: data, as: UTF8.self),
            location: answer.value(forHTTPHeaderField: "Location"))
    }

    /// One cookie with its attributes, which a visit of a minute does not need.
    private mutating func keep(_ cookie: String, of host: String) {
        guard let pair = cookie.split(separator: ";").first else { return }
        let halves = pair.split(separator: "=", maxSplits: 1)
        if halves.count == 2 { jar[host, default: [:]][String(halves[0])] = String(halves[1]) }
    }

    private static func number(in page: String) -> String? {
        page.firstMatch(of: /name="request" value="([0-9a-f]{32})"/).map { String($0.1) }
    }
}

/// Redirects are followed by hand, for the cookies.
private final class NoRedirects: NSObject, URLSessionTaskDelegate, Sendable {
    func urlSession(
        _: URLSession, task _: URLSessionTask, willPerformHTTPRedirection _: HTTPURLResponse,
        newRequest _: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
