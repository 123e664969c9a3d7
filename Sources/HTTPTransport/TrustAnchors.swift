/// The certificate authorities that a server's certificate must lead to.
///
/// Debian's libcurl does not read SSL_CERT_FILE, SSL_CERT_DIR or CURL_CA_BUNDLE; whoever reads them hands them
/// in here. What is named replaces the system's store, it is not added to it: who names one authority means
/// that one alone.
package struct TrustAnchors: Equatable, Sendable {
    /// A file of PEM certificates.
    package let file: String?
    /// A folder with hashed names, as `openssl rehash` makes it.
    package let folder: String?

    package init(file: String? = nil, folder: String? = nil) {
        self.file = file
        self.folder = folder
    }

    /// Debian's ca-certificates.
    package static let system = TrustAnchors()

    var isSystem: Bool { file == nil && folder == nil }
}
