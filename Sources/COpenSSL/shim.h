#ifndef ADVAULT_COPENSSL_SHIM_H
#define ADVAULT_COPENSSL_SHIM_H

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

/* Macros that Swift cannot import. */
static inline void *advault_secure_zalloc(size_t size) { return OPENSSL_secure_zalloc(size); }
static inline void advault_secure_clear_free(void *bytes, size_t size) { OPENSSL_secure_clear_free(bytes, size); }

#endif
