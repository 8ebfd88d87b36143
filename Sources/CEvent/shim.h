#pragma once
// libevent defines _GNU_SOURCE inside its own module; these first keep fd_set whole.
#include <sys/types.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <event2/event.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>

// Variadic, which Swift cannot call. Names the calling thread (15 characters) for debuggers and top.
static inline int zhengdian_name_thread(const char *name) {
  return prctl(PR_SET_NAME, name, 0L, 0L, 0L);
}
