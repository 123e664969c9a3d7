private import COpenSSL

/// Keeps libcrypto from reading openssl.cnf, which can load any shared object into the process.
package enum LibcryptoConfiguration {
    /// To be called after `WipingAllocator.install` and before anything else touches libcrypto: whoever initialises
    /// it first decides, so that libcurl's own wish to read the file comes too late.
    package static func refuse() {
        _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    }
}
