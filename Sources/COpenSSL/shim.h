#ifndef ADVAULT_COPENSSL_SHIM_H
#define ADVAULT_COPENSSL_SHIM_H

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Macros that Swift cannot import. */
static inline void *advault_secure_zalloc(size_t size) { return OPENSSL_secure_zalloc(size); }
static inline void advault_secure_clear_free(void *bytes, size_t size) { OPENSSL_secure_clear_free(bytes, size); }

/* prctl takes a variable number of arguments, which Swift cannot pass. */
static inline void advault_keep_out_of_dumps(void) {
    struct rlimit core = {0, 0};
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)getrlimit(RLIMIT_CORE, &core);
    core.rlim_cur = 0;
    (void)setrlimit(RLIMIT_CORE, &core);
}
static inline int advault_is_kept_out_of_dumps(void) {
    struct rlimit core = {1, 1};
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0;
}

/* HKDF's halves (RFC 5869). OSSL_PARAM keeps pointers to the names and values it is given, so the array is built,
   used and dropped here; built from Swift it would dangle. libcrypto copies the key and wipes its copy.
   Returns 1, or 0 with the reason in the error queue; none where there is no kdf. */
static inline int advault_hkdf(
    EVP_KDF *kdf, int mode, const char *digest, const void *key, size_t key_size, const void *salt, size_t salt_size,
    const void *info, size_t info_size, void *out, size_t out_size) {
    EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    OSSL_PARAM parameters[6], *next = parameters;
    int done = 0;
    if (context) {
        *next++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
        *next++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)digest, 0);
        *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_size);
        if (salt_size) *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_size);
        if (info_size) *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_size);
        *next = OSSL_PARAM_construct_end();
        done = EVP_KDF_derive(context, (unsigned char *)out, out_size, parameters) == 1;
    }
    EVP_KDF_CTX_free(context);
    return done;
}
static inline int advault_hkdf_extract(
    EVP_KDF *kdf, const char *digest, const void *key, size_t key_size, const void *salt, size_t salt_size, void *out,
    size_t out_size) {
    return advault_hkdf(
        kdf, EVP_KDF_HKDF_MODE_EXTRACT_ONLY, digest, key, key_size, salt, salt_size, NULL, 0, out, out_size);
}
static inline int advault_hkdf_expand(
    EVP_KDF *kdf, const char *digest, const void *key, size_t key_size, const void *info, size_t info_size, void *out,
    size_t out_size) {
    return advault_hkdf(
        kdf, EVP_KDF_HKDF_MODE_EXPAND_ONLY, digest, key, key_size, NULL, 0, info, info_size, out, out_size);
}

#endif
