/// What every answer of an authorization server goes through before a field of it is believed.
enum AnswerReading {
    /// The body of a success; an error answer, sorted, or an unreadable one is thrown.
    static func success(
        _ answer: borrowing HTTPAnswer, profile: ProviderProfile
    ) throws(OAuthError) -> AnswerJSON {
        let status = answer.status
        // Redirects are never followed: an answer from elsewhere is nobody's.
        guard (200..<300).contains(status) || (400..<600).contains(status) else {
            throw .unreadable(status: status, .status)
        }
        let json: AnswerJSON
        do { json = try AnswerJSON(answer) } catch { throw .unreadable(status: status, error) }
        guard (200..<300).contains(status) else {
            throw .refused(refusal(json, answer, profile: profile))
        }
        guard json.isNothing(.error, in: answer) else {
            // Which of the two holds nobody knows. Its word may be one of the tokens, so it is not told.
            guard !["access_token", "refresh_token"].contains(where: { json.isFilled($0, in: answer) }) else {
                throw .unreadable(status: status, .errorBesideTokens)
            }
            throw .unreadable(status: status, .errorInside(json.text(.error, limit: 100, in: answer) ?? ""))
        }
        return json
    }

    static func refusal(
        _ json: AnswerJSON, _ answer: borrowing HTTPAnswer, profile: ProviderProfile
    ) -> OAuthError.Refusal {
        let description = json.text(.errorDescription, in: answer) ?? json.text(.message, in: answer)
        return ErrorSorting.answer(
            status: answer.status, word: json.text(.error, in: answer), description: description,
            profile: profile)
    }
}
