#ifndef ADVAULT_CCURL_SHIM_H
#define ADVAULT_CCURL_SHIM_H

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/select.h>
#include <sys/socket.h>

/* Variadic functions, which Swift cannot import; one name for each type of argument. */
static inline CURLcode advault_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode advault_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode advault_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode advault_curl_set_receiver(CURL *handle, CURLoption option, curl_write_callback value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode advault_curl_set_giver(CURL *handle, curl_read_callback value) {
    return curl_easy_setopt(handle, CURLOPT_READFUNCTION, value);
}
static inline CURLMcode advault_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}
/* curl_multi_poll for several handles, which says for which of them there is something to do. At most 100 ms where
   libcurl names no descriptor. */
static inline void advault_curl_multi_wait(CURLM *const *handles, bool *ready, int count, int milliseconds) {
    struct pollfd descriptors[FD_SETSIZE];
    int owners[FD_SETSIZE];
    nfds_t used = 0;
    for (int n = 0; n < count; n++) {
        fd_set readable, writable, urgent;
        int last = -1;
        long timeout = -1;
        FD_ZERO(&readable);
        FD_ZERO(&writable);
        FD_ZERO(&urgent);
        curl_multi_fdset(handles[n], &readable, &writable, &urgent, &last);
        curl_multi_timeout(handles[n], &timeout);
        ready[n] = last < 0;
        if (last < 0 && (timeout < 0 || timeout > 100)) timeout = 100;
        if (timeout >= 0 && timeout < milliseconds) milliseconds = (int)timeout;
        for (int descriptor = 0; descriptor <= last && used < FD_SETSIZE; descriptor++) {
            short events = (FD_ISSET(descriptor, &readable) ? POLLIN : 0)
                | (FD_ISSET(descriptor, &writable) ? POLLOUT : 0);
            if (events == 0) continue;
            owners[used] = n;
            descriptors[used++] = (struct pollfd){descriptor, events, 0};
        }
    }
    if (poll(descriptors, used, milliseconds) > 0) {
        for (nfds_t n = 0; n < used; n++) ready[owners[n]] |= descriptors[n].revents != 0;
    }
    for (int n = 0; n < count; n++) {
        long timeout = -1;
        curl_multi_timeout(handles[n], &timeout);
        ready[n] |= timeout == 0;
    }
}
static inline CURLcode advault_curl_set_prerequest(CURL *handle, curl_prereq_callback value) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, value);
}
static inline CURLcode advault_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLSHcode advault_curl_share_connections(CURLSH *share) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
}

/* libssl wipes its plaintext copy of what it hands to libcurl. */
static inline CURLcode advault_curl_cleanse(CURL *handle, void *context, void *unused) {
    (void)handle;
    (void)unused;
    SSL_CTX_set_options((SSL_CTX *)context, SSL_OP_CLEANSE_PLAINTEXT);
    return CURLE_OK;
}
static inline CURLcode advault_curl_set_cleansing(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, advault_curl_cleanse);
}

/* glibc declares it under _GNU_SOURCE alone, which Swift's importer does not define. */
extern int accept4(int, struct sockaddr *, socklen_t *, int);

#endif
