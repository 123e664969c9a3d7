internal import OAuthCore

/// LinkedIn's table of API answers. What it does not list is transient.
enum LinkedInVerdict {
    static func judge(
        _ json: AnswerJSON, _ answer: borrowing HTTPAnswer, test: ProviderProfile.Test,
        apiVersion: APIVersion?
    ) -> TestVerdict {
        let number = json.integer(ClearField.serviceErrorCode.rawValue, in: answer)
        let word = json.text(.code, limit: 100, in: answer)
        switch answer.status {
        case 200..<300: return success(json, answer, test)
        case 400: return .ourBug
        case 401: return token(number)
        case 403: return number == 100 || word == "ACCESS_DENIED" ? .permissionMissing : .transient
        case 404: return .notFound
        case 426 where word == "NONEXISTENT_VERSION":
            // Whoever has this table has versions.
            return apiVersion.map { .apiVersionWithdrawn($0) } ?? .ourBug
        case 429 where number == 101: return .quotaUsed
        default: return .transient
        }
    }

    /// No elements mean no role, but where an account was asked for: there they mean no impressions.
    private static func success(
        _ json: AnswerJSON, _ answer: borrowing HTTPAnswer, _ test: ProviderProfile.Test
    ) -> TestVerdict {
        guard let elements = json.elements(.elements, in: answer) else { return .unreadable }
        return elements.isEmpty && !CallTemplate.needsAccount(test) ? .worksWithoutAccount : .works
    }

    private static func token(_ number: Int64?) -> TestVerdict {
        switch number {
        case 65600: .invalid
        case 65601: .revoked
        case 65602: .expired
        case 65608: .memberRestricted
        default: .transient
        }
    }
}

/// Accounts and roles in the answers of adAccountUsers and adAccounts.
enum LinkedInAccounts {
    private static let prefix = "urn:li:sponsoredAccount:"

    static func read(_ json: AnswerJSON, _ answer: borrowing HTTPAnswer) -> [AdAccount] {
        var accounts: [AdAccount] = []
        for element in json.elements(.elements, in: answer) ?? [] {
            guard let urn = urn(json, element, answer) else { continue }
            accounts.append(
                AdAccount(
                    urn: urn, role: json.text(.role, at: element, limit: 100, in: answer),
                    member: json.text(.user, at: element, limit: 200, in: answer)))
        }
        return accounts
    }

    /// adAccountUsers names the account by URN, adAccounts by its number. It goes into a URL: digits alone.
    private static func urn(
        _ json: AnswerJSON, _ element: AnswerJSON.Place, _ answer: borrowing HTTPAnswer
    ) -> String? {
        if let urn = json.text(.account, at: element, limit: 100, in: answer) {
            let digits = urn.utf8.dropFirst(prefix.utf8.count)
            let isAccount =
                urn.hasPrefix(prefix) && !digits.isEmpty
                && digits.allSatisfy { (0x30...0x39).contains($0) }
            return isAccount ? urn : nil
        }
        guard let number = json.integer(ClearField.id.rawValue, at: element, in: answer), number > 0 else {
            return nil
        }
        return prefix + String(number)
    }
}
