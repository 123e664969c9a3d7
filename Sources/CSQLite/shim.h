#ifndef ADVAULT_CSQLITE_SHIM_H
#define ADVAULT_CSQLITE_SHIM_H

#include <sqlite3.h>

#endif
