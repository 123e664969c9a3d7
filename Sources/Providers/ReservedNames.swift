/// What a provider file may not set, since the protocol or the transport does.
enum ReservedNames {
    static let authorize: Set<String> = [
        "response_type", "client_id", "client_secret", "redirect_uri", "state", "scope", "code_challenge",
        "code_challenge_method",
    ]
    static let token: Set<String> = [
        "grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier",
    ]
    static let refresh: Set<String> = ["grant_type", "refresh_token", "client_id", "client_secret"]
    static let headers: Set<String> = [
        "authorization", "connection", "content-length", "content-type", "cookie", "expect", "host",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    ]
}
