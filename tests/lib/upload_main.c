/*
 * usage: upload PORT CONNECTIONS MESSAGES SIZE
 * Sends so many ready messages of SIZE bytes to the SMTP server on that port
 * of the loopback by libcurl's own upload, over connections that are kept.
 * Each has a thread: libcurl waits in place for the answer to a final dot, so
 * that in one thread they would wait for each other. For benchmarks.
 */
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAX 100

static char url[64];
static struct curl_slist *recipients;
static char *content;
static size_t content_len;
static atomic_long to_give;

static size_t on_read(char *to, size_t size, size_t n, void *data)
{
	size_t *at = data, len = content_len - *at;

	if (len > size * n)
		len = size * n;
	memcpy(to, content + *at, len);
	*at += len;
	return len;
}

static void *send_them(void *data)
{
	CURL *easy = curl_easy_init();
	size_t at;

	(void)data;
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, "a@x.example");
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, &at);
	while (atomic_fetch_sub(&to_give, 1) > 0) {
		CURLcode result;

		at = 0;
		result = curl_easy_perform(easy);
		if (result == CURLE_OK)
			continue;
		fprintf(stderr, "%s\n", curl_easy_strerror(result));
		exit(1);
	}
	curl_easy_cleanup(easy);
	return NULL;
}

/* Lines of 70 characters. */
static void make_content(size_t size)
{
	content = malloc(size + 1);
	if (!content)
		exit(1);
	content_len = size;
	memset(content, 'x', size);
	for (size_t i = 70; i + 2 < size; i += 72)
		memcpy(content + i, "\r\n", 2);
}

int main(int argc, char **argv)
{
	pthread_t threads[CONNECTIONS_MAX];
	int n = argc == 5 ? atoi(argv[2]) : 0;

	if (n < 1 || n > CONNECTIONS_MAX) {
		fputs("usage: upload PORT CONNECTIONS MESSAGES SIZE\n", stderr);
		return 64;
	}
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%s/x.example", argv[1]);
	to_give = atol(argv[3]);
	make_content(strtoul(argv[4], NULL, 10));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	recipients = curl_slist_append(NULL, "b@x.example");
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, send_them, NULL);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	curl_slist_free_all(recipients);
	curl_global_cleanup();
	free(content);
	return 0;
}
