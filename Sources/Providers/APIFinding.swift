internal import OAuthCore

/// What one API answer says: by LinkedIn's table where the profile has its quirks, else by status alone.
struct APIFinding {
    let verdict: TestVerdict
    let accounts: [AdAccount]
    let hasMore: Bool
    private let name: String
    private let status: Int
    private let word: String?
    private let message: String?
    private let requestIDs: [HTTPHeader]

    init(
        _ answer: borrowing HTTPAnswer, of test: ProviderProfile.Test, quirks: ProviderQuirks?,
        apiVersion: APIVersion?
    ) {
        name = test.name
        status = answer.status
        requestIDs = RequestIDs.of(answer)
        guard quirks != nil else {
            (verdict, accounts, hasMore, word, message) = (
                GenericVerdict.judge(answer.status), [], false, nil, nil
            )
            return
        }
        guard let json = try? AnswerJSON(answer) else {
            verdict = answer.status >= 500 ? .transient : .unreadable
            (accounts, hasMore, word, message) = ([], false, nil, nil)
            return
        }
        word = json.text(.code, limit: 100, in: answer)
        message = json.text(.message, in: answer).map(HTMLEntities.decode)
        accounts = (200..<300).contains(answer.status) ? LinkedInAccounts.read(json, answer) : []
        hasMore =
            json.object(.metadata, in: answer).map { json.has(.nextPageToken, at: $0, in: answer) } ?? false
        verdict = LinkedInVerdict.judge(json, answer, test: test, apiVersion: apiVersion)
    }

    func rung(judgedAs verdict: TestVerdict) -> TestRung {
        TestRung(
            name: name, verdict: verdict, status: status, word: word, message: message, requestIDs: requestIDs
        )
    }
}

/// A plain bearer API (RFC 6750, 3.1): the status says all that is sure.
enum GenericVerdict {
    static func judge(_ status: Int) -> TestVerdict {
        switch status {
        case 200..<300: .works
        case 401: .invalid
        case 403: .permissionMissing
        case 404: .notFound
        case 408, 425, 429: .transient
        case 400..<500: .ourBug
        default: .transient
        }
    }
}
