#pragma once
// SM2 by OpenSSL 3. These steps are in C because OSSL_PARAM arrays hold pointers to their values: built from Swift
// they would point at temporaries.
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecerr.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

// Any encoding of a point (04 x y, 02/03 x) to 04 x y. 0 when it is no point of the curve, or infinity.
static inline int zd_sm2_normal_point(const unsigned char *encoded, size_t length, unsigned char out[65]) {
  int good = 0;
  EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
  EC_POINT *point = group ? EC_POINT_new(group) : NULL;
  if (point && EC_POINT_oct2point(group, point, encoded, length, NULL) && !EC_POINT_is_at_infinity(group, point))
    good = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out, 65, NULL) == 65;
  EC_POINT_free(point);
  EC_GROUP_free(group);
  return good;
}

// The public point 04 x y of the private number d (32 bytes, big-endian); 0 unless 1 <= d <= n - 2, as
// GB/T 32918.1 wants it.
static inline int zd_sm2_public_of(const unsigned char d[32], unsigned char out[65]) {
  int good = 0;
  EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
  EC_POINT *point = group ? EC_POINT_new(group) : NULL;
  BIGNUM *number = BN_secure_new();
  BIGNUM *limit = BN_new();
  if (point && number && limit && BN_bin2bn(d, 32, number) && BN_copy(limit, EC_GROUP_get0_order(group)) &&
      BN_sub_word(limit, 1) && !BN_is_zero(number) && BN_cmp(number, limit) < 0) {
    BN_set_flags(number, BN_FLG_CONSTTIME);
    if (EC_POINT_mul(group, point, number, NULL, NULL, NULL))
      good = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out, 65, NULL) == 65;
  }
  BN_clear_free(number);
  BN_free(limit);
  EC_POINT_free(point);
  EC_GROUP_free(group);
  return good;
}

// A key from its point and, unless NULL, its private number.
static inline EVP_PKEY *zd_sm2_key(const unsigned char point[65], const unsigned char *d) {
  EVP_PKEY *key = NULL;
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
  BIGNUM *number = d ? BN_secure_new() : NULL;
  OSSL_PARAM *parameters = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
  if (builder && context && (!d || (number && BN_bin2bn(d, 32, number))) &&
      OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) &&
      OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, 65) &&
      (!d || OSSL_PARAM_BLD_push_BN_pad(builder, OSSL_PKEY_PARAM_PRIV_KEY, number, 32)) &&
      (parameters = OSSL_PARAM_BLD_to_param(builder)) && EVP_PKEY_fromdata_init(context) > 0 &&
      EVP_PKEY_fromdata(context, &key, d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters) <= 0)
    key = NULL;
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_clear_free(number);
  EVP_PKEY_CTX_free(context);
  return key;
}

// The numbers of a key that was read from PEM or DER: 2 private and public, 1 public only, 0 when it is no SM2 key.
// d is filled only for 2.
static inline int zd_sm2_numbers(EVP_PKEY *key, unsigned char d[32], unsigned char point[65]) {
  char group[32] = {0};
  unsigned char encoded[133];
  size_t length = 0;
  BIGNUM *number = NULL;
  int result = 0;
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &length) != 1 ||
      OBJ_sn2nid(group) != NID_sm2)
    return 0;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1) {
    if (BN_bn2binpad(number, d, 32) == 32 && zd_sm2_public_of(d, point)) result = 2;
    BN_clear_free(number);
    return result;
  }
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded, &length) == 1 &&
      zd_sm2_normal_point(encoded, length, point))
    result = 1;
  return result;
}

// Without a callback of our own OpenSSL would ask for the password on the terminal.
static inline int zd_password(char *buffer, int size, int writing, void *password) {
  (void)writing;
  if (!password) return -1;
  size_t length = strlen((const char *)password);
  if (length > (size_t)size) return -1;
  memcpy(buffer, password, length);
  return (int)length;
}

static inline EVP_PKEY *zd_private_from_pem(const char *text, int length, const char *password) {
  BIO *input = BIO_new_mem_buf(text, length);
  EVP_PKEY *key = input ? PEM_read_bio_PrivateKey(input, NULL, zd_password, (void *)password) : NULL;
  BIO_free(input);
  return key;
}

static inline EVP_PKEY *zd_public_from_pem(const char *text, int length) {
  BIO *input = BIO_new_mem_buf(text, length);
  EVP_PKEY *key = input ? PEM_read_bio_PUBKEY(input, NULL, zd_password, NULL) : NULL;
  BIO_free(input);
  return key;
}

// DER of PKCS#8 or SEC 1; bytes after it are refused.
static inline EVP_PKEY *zd_private_from_der(const unsigned char *bytes, long length) {
  const unsigned char *end = bytes;
  EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &end, length);
  if (key && end != bytes + length) {
    EVP_PKEY_free(key);
    key = NULL;
  }
  return key;
}

// DER of a SubjectPublicKeyInfo; bytes after it are refused.
static inline EVP_PKEY *zd_public_from_der(const unsigned char *bytes, long length) {
  const unsigned char *end = bytes;
  EVP_PKEY *key = d2i_PUBKEY(NULL, &end, length);
  if (key && end != bytes + length) {
    EVP_PKEY_free(key);
    key = NULL;
  }
  return key;
}

// PKCS#8 (private) or SubjectPublicKeyInfo as PEM. Returns the length, 0 on failure; the caller cleanses and frees
// the text with OPENSSL_clear_free.
static inline size_t zd_key_to_pem(EVP_PKEY *key, int private, char **out) {
  size_t length = 0;
  char *text = NULL;
  BIO *output = BIO_new(BIO_s_secmem());
  if (output && (private ? PEM_write_bio_PKCS8PrivateKey(output, key, NULL, NULL, 0, NULL, NULL)
                         : PEM_write_bio_PUBKEY(output, key)) == 1) {
    char *inside = NULL;
    long count = BIO_get_mem_data(output, &inside);
    if (count > 0 && (text = OPENSSL_malloc((size_t)count))) {
      memcpy(text, inside, (size_t)count);
      length = (size_t)count;
    }
  }
  BIO_free(output);
  *out = text;
  return length;
}

static inline void zd_clear_free(void *memory, size_t length) { OPENSSL_clear_free(memory, length); }

// Signs the 32-byte hash e of Z and the message, DER out. Returns the signature's length, 0 on failure.
static inline size_t zd_sm2_sign(EVP_PKEY *key, const unsigned char e[32], unsigned char *out, size_t capacity) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
  size_t written = capacity;
  if (!context || EVP_PKEY_sign_init(context) <= 0 || EVP_PKEY_sign(context, out, &written, e, 32) <= 0)
    written = 0;
  EVP_PKEY_CTX_free(context);
  return written;
}

// 1 good, 0 bad, -1 could not be computed.
static inline int zd_sm2_verify(EVP_PKEY *key, const unsigned char e[32], const unsigned char *signature,
                                size_t length) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
  int result = -1;
  ERR_clear_error();
  if (context && EVP_PKEY_verify_init(context) > 0) {
    result = EVP_PKEY_verify(context, signature, length, e, 32);
    // Numbers chosen so that the point comes out at infinity are a bad signature, not a failure of the library.
    if (result < 0) result = ERR_GET_REASON(ERR_peek_error()) == EC_R_POINT_AT_INFINITY ? 0 : -1;
  }
  EVP_PKEY_CTX_free(context);
  return result;
}

// Encrypts (DER out) or decrypts (DER in). Returns 1 and *out (free with OPENSSL_clear_free), or 0.
static inline int zd_sm2_crypt(EVP_PKEY *key, int encrypting, const unsigned char *input, size_t length,
                               unsigned char **out, size_t *out_length) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
  size_t capacity = 0;
  int good = 0;
  *out = NULL;
  *out_length = 0;
  if (!context) return 0;
  if (encrypting) {
    if (EVP_PKEY_encrypt_init(context) > 0 && EVP_PKEY_encrypt(context, NULL, &capacity, input, length) > 0 &&
        (*out = OPENSSL_malloc(capacity + 1))) {
      *out_length = capacity;
      good = EVP_PKEY_encrypt(context, *out, out_length, input, length) > 0;
    }
  } else {
    if (EVP_PKEY_decrypt_init(context) > 0 && EVP_PKEY_decrypt(context, NULL, &capacity, input, length) > 0 &&
        (*out = OPENSSL_malloc(capacity + 1))) {
      *out_length = capacity;
      good = EVP_PKEY_decrypt(context, *out, out_length, input, length) > 0;
    }
  }
  if (!good && *out) {
    OPENSSL_clear_free(*out, capacity + 1);
    *out = NULL;
  }
  EVP_PKEY_CTX_free(context);
  return good;
}
