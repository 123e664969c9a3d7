#ifndef ADVAULT_CCURL_SHIM_H
#define ADVAULT_CCURL_SHIM_H

#include <curl/curl.h>

#endif
