#include "config/certificate.h"
#include "base/arena.h"
#include "base/mem.h"
#include "config/ini_file.h"
#include "config/secret.h"
#include <gnutls/x509.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_MAX (64 * 1024)
#define CHAIN_MAX 16  /* certificates */
#define KEY_ID_MAX 64 /* bytes of a hash */

struct pair {
	struct arena mem;
	const char *chain;
	char *key; /* NULL while there is none */
	gnutls_x509_crt_t certificates[CHAIN_MAX];
	unsigned n;
	gnutls_x509_privkey_t private;
};

/* ---- reading ------------------------------------------------------------ */

static gnutls_datum_t datum(const char *text)
{
	/* It only reads it, though its pointer is not const. */
	return (gnutls_datum_t){(unsigned char *)(uintptr_t)text,
				(unsigned)strlen(text)};
}

static int read_chain(struct pair *p, const char *file, struct err *e)
{
	unsigned n = CHAIN_MAX;
	gnutls_datum_t text;
	size_t len;
	int r = ini_read_file(file, FILE_MAX, &p->mem, &p->chain, &len, e), why;

	if (r)
		return r;
	text = datum(p->chain);
	why = gnutls_x509_crt_list_import(p->certificates, &n, &text,
					  GNUTLS_X509_FMT_PEM, 0);
	if (why > 0) {
		p->n = (unsigned)why;
		return 0;
	}
	return err_set(e, ERR_CONFIG,
		       "%s: it holds no certificate in PEM (%s); it takes ours "
		       "first, then those that vouch for it",
		       file, gnutls_strerror(why));
}

static int read_key(struct pair *p, const char *file, struct err *e)
{
	gnutls_datum_t text;
	int r = secret_read_whole(file, &p->mem, &p->key, e), why;

	if (r)
		return r;
	text = datum(p->key);
	gnutls_x509_privkey_init(&p->private);
	why = gnutls_x509_privkey_import2(p->private, &text,
					  GNUTLS_X509_FMT_PEM, NULL, 0);
	if (!why)
		return 0;
	if (why == GNUTLS_E_DECRYPTION_FAILED)
		return err_set(e, ERR_CONFIG,
			       "%s: it is encrypted, and nobody is there to "
			       "say its password; take that off (openssl pkey "
			       "-in FILE -out NEW)",
			       file);
	return err_set(e, ERR_CONFIG, "%s: it holds no private key in PEM (%s)",
		       file, gnutls_strerror(why));
}

static int check_pair(const struct pair *p, const char *chain, const char *key,
		      struct err *e)
{
	unsigned char ids[2][KEY_ID_MAX];
	size_t lengths[2] = {KEY_ID_MAX, KEY_ID_MAX};

	if (gnutls_x509_crt_get_key_id(p->certificates[0], 0, ids[0],
				       &lengths[0]) ||
	    gnutls_x509_privkey_get_key_id(p->private, 0, ids[1],
					   &lengths[1]) ||
	    lengths[0] != lengths[1] || memcmp(ids[0], ids[1], lengths[0]) != 0)
		return err_set(e, ERR_CONFIG,
			       "%s is not the key of the first certificate in "
			       "%s; the two must be renewed together",
			       key, chain);
	return 0;
}

/* What the server itself will do with them. */
static int try_pair(const struct pair *p, const char *chain, struct err *e)
{
	gnutls_datum_t texts[2] = {datum(p->chain), datum(p->key)};
	gnutls_certificate_credentials_t credentials;
	int why = gnutls_certificate_allocate_credentials(&credentials);

	if (why)
		return err_set(e, ERR_IO, "%s: %s", chain,
			       gnutls_strerror(why));
	why = gnutls_certificate_set_x509_key_mem(
	    credentials, &texts[0], &texts[1], GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(credentials);
	return why < 0 ? err_set(e, ERR_CONFIG, "%s: %s", chain,
				 gnutls_strerror(why))
		       : 0;
}

static void pair_release(struct pair *p)
{
	for (unsigned i = 0; i < p->n; i++)
		gnutls_x509_crt_deinit(p->certificates[i]);
	gnutls_x509_privkey_deinit(p->private);
	if (p->key)
		explicit_bzero(p->key, strlen(p->key));
	arena_release(&p->mem);
}

static struct certificate *take(const struct pair *p, const char *file)
{
	struct certificate *c = xcalloc(1, sizeof(*c));
	gnutls_x509_crt_t ours = p->certificates[0];

	c->since = gnutls_x509_crt_get_activation_time(ours);
	c->until = gnutls_x509_crt_get_expiration_time(ours);
	c->file = xstrdup(file);
	c->chain = xstrdup(p->chain);
	c->key = xstrdup(p->key ? p->key : "");
	return c;
}

int certificate_read(const char *chain, const char *key,
		     struct certificate **ret_certificate, struct err *e)
{
	struct pair p = {0};
	int r;

	if (!chain[0]) {
		*ret_certificate = NULL;
		return 0;
	}
	r = read_chain(&p, chain, e);
	if (!r && key[0])
		r = read_key(&p, key, e);
	if (!r && key[0])
		r = check_pair(&p, chain, key, e);
	if (!r && key[0])
		r = try_pair(&p, chain, e);
	if (r)
		(void)err_prefix(e, r, "[web] certificate, key");
	else
		*ret_certificate = take(&p, chain);
	pair_release(&p);
	return r;
}

/* ---- one that was read -------------------------------------------------- */

void certificate_free(struct certificate *c)
{
	if (!c)
		return;
	explicit_bzero(c->key, strlen(c->key));
	free(c->key);
	free(c->chain);
	free(c->file);
	free(c);
}

bool certificate_same(const struct certificate *a, const struct certificate *b)
{
	if (!a || !b)
		return a == b;
	return !strcmp(a->chain, b->chain) && !strcmp(a->key, b->key);
}

static void day_of(int64_t when, char text[16])
{
	time_t t = when;
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	(void)strftime(text, 16, "%Y-%m-%d", &tm);
}

int certificate_check_time(const struct certificate *c, int64_t now,
			   int64_t ahead, struct err *e)
{
	char day[16];

	day_of(now < c->since ? c->since : c->until, day);
	if (now < c->since)
		return err_set(e, ERR_CONFIG,
			       "%s: it counts from %s on; until then browsers "
			       "refuse our pages (is the clock right?)",
			       c->file, day);
	if (now >= c->until)
		return err_set(e, ERR_CONFIG,
			       "%s: it ended on %s, browsers refuse our pages; "
			       "renew it, then pregonctl reload",
			       c->file, day);
	if (now >= c->until - ahead)
		return err_set(e, ERR_CONFIG,
			       "%s: it ends on %s; renew it, then pregonctl "
			       "reload",
			       c->file, day);
	return 0;
}
