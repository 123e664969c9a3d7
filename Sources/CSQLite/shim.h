#ifndef ADVAULT_CSQLITE_SHIM_H
#define ADVAULT_CSQLITE_SHIM_H

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Variadic functions, function-pointer macros and computed constants that Swift cannot import. */

static inline int advault_sqlite_flag(sqlite3 *db, int option, int value) {
    return sqlite3_db_config(db, option, value, (int *)0);
}

static inline int advault_sqlite_bind_blob(sqlite3_stmt *s, int i, const void *bytes, int count) {
    return count == 0 ? sqlite3_bind_zeroblob(s, i, 0)
                      : sqlite3_bind_blob(s, i, bytes, count, SQLITE_TRANSIENT);
}

static inline int advault_sqlite_bind_text(sqlite3_stmt *s, int i, const char *bytes, int count) {
    return sqlite3_bind_text(s, i, bytes, count, SQLITE_TRANSIENT);
}

static inline int advault_sqlite_persist_wal(sqlite3 *db, int on) {
    return sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
}

static inline int advault_sqlite_stop(void *unused) {
    (void)unused;
    return 1;
}

/* Ends every statement with SQLITE_INTERRUPT after about this many steps of SQLite's virtual machine. */
static inline void advault_sqlite_limit_steps(sqlite3 *db, int steps) {
    sqlite3_progress_handler(db, steps, advault_sqlite_stop, (void *)0);
}

/* Where SQLite of this process puts temporary files; NULL: where it likes. Not to be called while one is made. */
static inline int advault_sqlite_temporary_folder(const char *folder) {
    char *copy = folder ? sqlite3_mprintf("%s", folder) : (char *)0;
    if (folder && !copy) return SQLITE_NOMEM;
    sqlite3_free(sqlite3_temp_directory);
    sqlite3_temp_directory = copy;
    return SQLITE_OK;
}

static inline int advault_sqlite_base_code(int code) { return code & 0xff; }

/* What a database file needs of the kernel and Glibc's module map does not offer. */

/* statfs(2) f_type of the folder's file system; -1 with errno set. */
static inline long long advault_file_system_type(const char *path) {
    struct statfs system;
    return statfs(path, &system) == 0 ? (long long)(unsigned int)system.f_type : -1;
}

/* rename(2) that never replaces: RENAME_NOREPLACE is 1. */
static inline int advault_rename_new(const char *from, const char *to) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1u);
}

/* Two names change places in one step: RENAME_EXCHANGE is 2. */
static inline int advault_rename_exchange(const char *a, const char *b) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2u);
}

#endif
