internal import HTTPTransport

/// The certificate authorities that the environment names; Debian's libcurl does not read these variables itself.
enum Trust {
    static func anchors(_ context: CommandContext) -> TrustAnchors {
        let file = context.variable("SSL_CERT_FILE") ?? context.variable("CURL_CA_BUNDLE")
        let folder = context.variable("SSL_CERT_DIR")
        return TrustAnchors(file: file, folder: folder)
    }
}
