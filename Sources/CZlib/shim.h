#pragma once
#include <zlib.h>

// A macro that passes the version and the size of the struct along.
static inline int zd_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}
