/// What `advault help TOPIC` explains beside the commands.
enum HelpTopic: String, CaseIterable {
    case exitCodes = "exit-codes"
    case keys
    case anchor
    case settings
    case providers

    /// A topic that the arguments ask for: `help exit-codes`.
    init?(_ arguments: [String]) {
        guard arguments.count == 2, arguments[0] == "help", let topic = HelpTopic(rawValue: arguments[1])
        else {
            return nil
        }
        self = topic
    }

    var text: String {
        switch self {
        case .exitCodes: HelpTopic.exitCodesText
        case .keys: HelpTopic.keysText
        case .anchor: HelpTopic.anchorText
        case .settings: HelpTopic.settingsText
        case .providers: HelpTopic.providersText
        }
    }

    private static var exitCodesText: String {
        let lines = ExitStatus.allCases.map { status in
            let number = status == .interrupted ? "128+n" : String(status.rawValue)
            return String(repeating: " ", count: 5 - number.count) + number + "  " + status.meaning
        }
        return
            (["Exit codes:"] + lines + [
                "",
                "Over several connections it is the first of 9, 8, 5, 4, 6, 7, 1 that occurred; 9 comes before a signal.",
                "",
                "status has its own, as monitors want them: 0 ok, 1 warning, 2 critical, 3 unknown.",
                "exec passes on its command's own exit code, 128 + N where signal N ended it, as the shell says it.",
            ]).joined(separator: "\n")
    }

    private static let anchorText = """
        A copy of the vault opens with the same key as the vault. So each machine keeps, of every vault that it
        has opened, which one it was and how new: the anchor, $XDG_STATE_HOME/advault/anchor, usually
        ~/.local/state/advault/anchor. It holds no secret. A vault is refused (exit code 8)

          when it is older than the anchor, or was written on elsewhere from an older state:
              put back the newer file; or, if the older one is meant to be there (a restored backup),
              run one command with --accept-rollback. Tokens in it may be spent: advault test --all
          when another vault stands where this machine knew one, and no --vault-id names it:
              check --vault; or, if you put it there yourself: advault doctor --forget-anchor

        Two copies of one vault that are both written to are each other's rollback: keep one.

        Where the folder cannot be written (a read-only home, no HOME) no anchor is kept and that is said; set
        XDG_STATE_HOME to one that can. Commands that need no key do not look at the anchor.
        """

    private static let settingsText = """
        Settings stand in $XDG_CONFIG_HOME/advault/config.json, usually ~/.config/advault/config.json. All are
        optional, any other key is an error:

          {
            "api_versions": { "linkedin-ads": "202610" },
            "ports": { "linkedin-ads": 8765 }
          }

        api_versions   the version of a provider's API that tests ask for, YYYYMM. Versions are withdrawn after
                       about a year. --api-version beats this, this beats the provider file, and that the
                       profile's default
        ports          the port of the default redirect URI, http://localhost:PORT/callback/PROVIDER (127.0.0.1
                       instead of localhost where the provider wants it)

        The vault is --vault PATH, else ADVAULT_VAULT, else $XDG_DATA_HOME/advault/vault.db, usually
        ~/.local/share/advault/vault.db. SSL_CERT_FILE, SSL_CERT_DIR and CURL_CA_BUNDLE name the certificate
        authorities to trust instead of the system's; HTTPS_PROXY and NO_PROXY name proxies.
        """

    private static let providersText = """
        Any OAuth 2.0 server can be used through a file, $XDG_CONFIG_HOME/advault/providers/NAME.json:

          {
            "name": "example",
            "authorize_url": "https://id.example.com/authorize",
            "token_url": "https://id.example.com/token",
            "client_auth": "post",
            "refresh": "rotating",
            "scopes": ["read"]
          }

        name (the file's own), authorize_url, token_url, client_auth and refresh are required. These may be there:
        introspect_url, revoke_url, issuer, consent_page, documentation, pkce, scopes, scope_separator,
        authorize_params, token_params, refresh_params, refresh_grace_s, headers, error_classes,
        access_lifetime_field, refresh_lifetime_field, redirect_host, tests, quirks. Any other key is an error.

        client_auth    post, basic or none
        pkce           S256 or none
        redirect_host  localhost, or 127.0.0.1: only 127.0.0.1 and [::1] are redirected to
        refresh        rotating, stable or none; exchange: no refresh token, the member connects again
        quirks         "linkedin-ads": a server that answers as LinkedIn does, its errors and its tests
        tests          [ { "name": …, "url": …, "scope": … } ], GET calls that show whether a token works

        Addresses are https, or http on this machine (127.0.0.1, [::1], localhost).
        """
}
