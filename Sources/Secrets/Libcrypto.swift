private import COpenSSL

/// The libcrypto that is loaded.
package enum Libcrypto {
    /// As it calls itself: `OpenSSL 3.0.17 1 Jul 2025`.
    package static var version: String { unsafe String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
