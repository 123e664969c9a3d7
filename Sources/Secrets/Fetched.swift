private import COpenSSL

/// libcrypto's implementations of what is asked for with every row, looked up once: `EVP_sha256()` and its like are
/// looked up anew, under a lock, at each use.
///
/// They live as long as the process. nil where libcrypto has none: whoever is handed nil refuses.
enum Fetched {
    nonisolated(unsafe) static let sha256 = unsafe EVP_MD_fetch(nil, "SHA2-256", nil)
    nonisolated(unsafe) static let aes128GCM = unsafe EVP_CIPHER_fetch(nil, "AES-128-GCM", nil)
    nonisolated(unsafe) static let aes192GCM = unsafe EVP_CIPHER_fetch(nil, "AES-192-GCM", nil)
    nonisolated(unsafe) static let aes256GCM = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
    nonisolated(unsafe) static let hkdf = unsafe EVP_KDF_fetch(nil, "HKDF", nil)
}
