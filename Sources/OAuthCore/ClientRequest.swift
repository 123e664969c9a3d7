internal import Secrets

/// A form POST that the app signs with its credentials (RFC 6749, 2.3.1).
enum ClientRequest {
    /// Adds the credentials as the profile wants them and closes the form.
    static func post(
        _ url: EndpointURL, profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?,
        form: consuming FormBody
    ) throws(OAuthError) -> HTTPRequest {
        var form = form
        switch profile.clientAuth {
        case .none:
            try add("client_id", clientID, to: &form)
            return HTTPRequest(method: .post, url: url.text, headers: headers(profile), body: form.finish())
        case .post:
            try add("client_id", clientID, to: &form)
            try add("client_secret", clientSecret, to: &form)
            return HTTPRequest(method: .post, url: url.text, headers: headers(profile), body: form.finish())
        case .basic:
            return HTTPRequest(
                method: .post, url: url.text, headers: headers(profile),
                authorization: try basic(clientID, clientSecret), body: form.finish())
        }
    }

    private static func add(_ name: String, _ value: String, to form: inout FormBody) throws(OAuthError) {
        do { try form.add(name, value) } catch { throw .secrets(error) }
    }

    private static func add(
        _ name: String, _ value: borrowing SecretBytes?, to form: inout FormBody
    ) throws(OAuthError) {
        switch value {
        case .some(let secret): do { try form.add(name, secret) } catch { throw .secrets(error) }
        case .none: throw .clientSecretMissing
        }
    }

    private static func basic(
        _ clientID: String, _ clientSecret: borrowing SecretBytes?
    ) throws(OAuthError) -> SecretBytes {
        switch clientSecret {
        case .some(let secret):
            do { return try BasicCredentials.header(clientID, secret) } catch { throw .secrets(error) }
        case .none: throw .clientSecretMissing
        }
    }

    /// The profile's headers beat ours.
    private static func headers(_ profile: ProviderProfile) -> [HTTPHeader] {
        let ours = [
            HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
            HTTPHeader("Accept", "application/json"),
        ]
        let theirs = Set(profile.headers.map { $0.name.lowercased() })
        return ours.filter { !theirs.contains($0.name.lowercased()) } + profile.headers
    }
}
