#pragma once
// The normalisation forms are constants of a struct without a definition, which Swift cannot name.
#include <stdlib.h>
#include <uninorm.h>

// The form KC of a UTF-8 text in memory of its own, which the caller frees. NULL when there is none left.
static inline uint8_t *zd_nfkc(const uint8_t *text, size_t length, size_t *result_length) {
  return u8_normalize(UNINORM_NFKC, text, length, NULL, result_length);
}
