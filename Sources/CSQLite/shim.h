#pragma once
#include <sqlite3.h>
#include <stddef.h>

// What Swift cannot say by itself: the two destructor constants are casts of integers to function
// pointers, and sqlite3_config is variadic.

// Binds bytes that stay where they are until the statement has been stepped and reset (SQLITE_STATIC).
// No bytes are an empty blob or text, never NULL, wherever the pointer points.
static inline int zd_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, size_t count) {
  if (count == 0) return sqlite3_bind_zeroblob(statement, index, 0);
  return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_STATIC);
}

static inline int zd_sqlite_bind_text(sqlite3_stmt *statement, int index, const void *text, size_t count) {
  return sqlite3_bind_text64(statement, index, count == 0 ? "" : (const char *)text, count, SQLITE_STATIC, SQLITE_UTF8);
}

// Memory statistics take a process-wide lock at each allocation; nobody reads them. Must run before the
// library is initialised by the first open.
static inline int zd_sqlite_configure(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
