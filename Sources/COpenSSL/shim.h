#ifndef ADVAULT_COPENSSL_SHIM_H
#define ADVAULT_COPENSSL_SHIM_H

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
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
    const struct rlimit none = {0, 0};
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
}

#endif
