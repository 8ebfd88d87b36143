#pragma once
// HMAC contexts by OpenSSL 3: the digest is chosen by an OSSL_PARAM, which keeps a pointer to the name, so the array
// is built and used up here.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

// A context for HMAC with the digest, without a key yet. NULL on failure.
static inline EVP_MAC_CTX *zd_hmac_new(EVP_MAC *hmac, const char *digest) {
  OSSL_PARAM parameters[2] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)digest, 0), OSSL_PARAM_construct_end()};
  EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac);
  if (context && EVP_MAC_CTX_set_params(context, parameters) != 1) {
    EVP_MAC_CTX_free(context);
    context = NULL;
  }
  return context;
}

// Starts the next message under the key already set.
static inline int zd_hmac_restart(EVP_MAC_CTX *context) { return EVP_MAC_init(context, NULL, 0, NULL); }
