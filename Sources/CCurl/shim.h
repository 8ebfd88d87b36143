#pragma once
// curl.h pulls in system headers. Seen from here first, their types (pthread_attr_t, sockaddr) would count as this
// module's, and files that only import Glibc could not use them.
#if defined(__swift__)
#pragma clang module import SwiftGlibc
#endif
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

// Swift cannot call variadic functions, and curl sets every option and reads every fact through one.
// Each wrapper fixes the type of the argument, so a wrong type cannot be passed by accident.

static inline CURLcode zd_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode zd_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

// curl copies strings, so a temporary may be passed.
static inline CURLcode zd_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

// For what curl keeps a pointer to: the caller keeps it alive until the transfer is over.
static inline CURLcode zd_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode zd_set_headers(CURL *handle, CURLoption option, struct curl_slist *list) {
  return curl_easy_setopt(handle, option, list);
}

// CURL_BLOB_COPY: curl keeps its own copy.
static inline CURLcode zd_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count) {
  struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
  return curl_easy_setopt(handle, option, &blob);
}

// The size must be set before the bytes, or curl measures them with strlen.
static inline CURLcode zd_set_body(CURL *handle, const void *bytes, size_t count) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
  if (code != CURLE_OK) return code;
  return curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, (const char *)bytes);
}

typedef size_t (*zd_bytes_callback)(char *bytes, size_t size, size_t count, void *owner);
typedef int (*zd_progress_callback)(void *owner, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                                    curl_off_t up);
typedef int (*zd_before_request_callback)(void *owner, char *remote, char *local, int remote_port,
                                          int local_port);
typedef curl_socket_t (*zd_open_socket_callback)(void *owner, curlsocktype purpose,
                                                 struct curl_sockaddr *address);

// All callbacks of a transfer get the same owner.
static inline CURLcode zd_set_callbacks(CURL *handle, void *owner, zd_bytes_callback header,
                                        zd_bytes_callback body, zd_before_request_callback before_request,
                                        zd_open_socket_callback open_socket) {
  CURLcode code = CURLE_OK;
  code = code ? code : curl_easy_setopt(handle, CURLOPT_HEADERDATA, owner);
  code = code ? code : curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
  code = code ? code : curl_easy_setopt(handle, CURLOPT_WRITEDATA, owner);
  code = code ? code : curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
  code = code ? code : curl_easy_setopt(handle, CURLOPT_PREREQDATA, owner);
  code = code ? code : curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, before_request);
  code = code ? code : curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, owner);
  code = code ? code : curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  code = code ? code : curl_easy_setopt(handle, CURLOPT_PRIVATE, owner);
  return code;
}

static inline CURLcode zd_set_progress(CURL *handle, void *owner, zd_progress_callback progress) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, owner);
  if (code != CURLE_OK) return code;
  code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, progress);
  if (code != CURLE_OK) return code;
  return curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

static inline CURLcode zd_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode zd_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode zd_get_string(CURL *handle, CURLINFO info, const char **value) {
  return curl_easy_getinfo(handle, info, (char **)value);
}

static inline CURLcode zd_get_pointer(CURL *handle, CURLINFO info, void **value) {
  return curl_easy_getinfo(handle, info, (char **)value);
}

static inline CURLMcode zd_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

// The next finished transfer, taken out of curl's union. Returns 0 when there is none.
static inline int zd_next_finished(CURLM *multi, CURL **handle, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE) continue;
    *handle = message->easy_handle;
    *result = message->data.result;
    return 1;
  }
  return 0;
}

// The address curl is about to connect to: writes 4 or 16 bytes in network order and returns how many, 0 for
// another family. curl declares the address as a plain sockaddr but stores the full length behind it.
static inline int zd_address_bytes(const struct curl_sockaddr *address, unsigned char out[16]) {
  if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
    struct sockaddr_in v4;
    memcpy(&v4, &address->addr, sizeof v4);
    memcpy(out, &v4.sin_addr, 4);
    return 4;
  }
  if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 v6;
    memcpy(&v6, (const void *)&address->addr, sizeof v6);
    memcpy(out, &v6.sin6_addr, 16);
    return 16;
  }
  return 0;
}

// At most 15 characters; seen in ps and in core dumps.
static inline void zd_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// Close-on-exec, so the processes the program starts do not inherit connections to platforms.
static inline curl_socket_t zd_open_socket(const struct curl_sockaddr *address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// The macro holds a cast that Swift does not import.
static inline curl_socket_t zd_bad_socket(void) { return CURL_SOCKET_BAD; }
