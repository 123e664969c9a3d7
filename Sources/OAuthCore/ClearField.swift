/// The fields of an answer that may become a String. What is not listed stays in the answer, or leaves it as
/// `SecretBytes`.
package enum ClearField: String, Equatable, Sendable, CaseIterable {
    // RFC 6749, 5.1 and 5.2
    case error, scope
    case errorDescription = "error_description"
    case tokenType = "token_type"
    // RFC 7662 and LinkedIn's introspection
    case active, status
    // LinkedIn's REST answers
    case code, message, serviceErrorCode, elements, metadata, nextPageToken, account, role, user, id
}
