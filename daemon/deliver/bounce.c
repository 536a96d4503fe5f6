#include "deliver/bounce.h"
#include <stddef.h>

/* The first that fits; "x" is any digit of the class, "*" anything from there
 * on (RFC 3463, and the registry of RFC 5248). */
static const struct {
	const char *enhanced;
	enum bounce_points points;
} table[] = {
    {"5.1.1", BOUNCE_FINAL},  /* no such mailbox */
    {"5.1.2", BOUNCE_FINAL},  /* no such host */
    {"5.1.3", BOUNCE_FINAL},  /* no address at all */
    {"5.1.6", BOUNCE_FINAL},  /* it has moved */
    {"5.1.10", BOUNCE_FINAL}, /* null MX: takes no mail (RFC 7505) */
    {"5.2.1", BOUNCE_FINAL},  /* disabled */
    {"5.1.7", BOUNCE_NONE},   /* our address */
    {"5.1.8", BOUNCE_NONE},   /* our host */
    {"5.1.9", BOUNCE_NONE},
    {"5.1.*", BOUNCE_HARD},
    {"x.2.2", BOUNCE_SOFT}, /* full */
    {"5.2.3", BOUNCE_NONE}, /* the message is too long */
    {"5.2.*", BOUNCE_HARD},
    {"5.3.*", BOUNCE_NONE}, /* their system, and 5.3.4: too big */
    {"5.4.*", BOUNCE_SOFT}, /* the way there */
    {"5.5.*", BOUNCE_NONE}, /* how we speak */
    {"5.6.*", BOUNCE_NONE}, /* what is in it */
    {"5.7.*", BOUNCE_NONE}, /* policy: against us, or who we are */
    {"5.*", BOUNCE_HARD},
    {"4.5.*", BOUNCE_NONE},
    {"4.7.*", BOUNCE_NONE},
    {"4.*", BOUNCE_SOFT}, /* for days */
};

static int fits(const char *pattern, const char *enhanced)
{
	for (; *pattern && *pattern != '*'; pattern++, enhanced++)
		if (*pattern == 'x' ? *enhanced != '4' && *enhanced != '5'
				    : *pattern != *enhanced)
			return 0;
	return *pattern == '*' || !*enhanced;
}

/* Without an enhanced code: 550 to 553 are what is said to a recipient. */
static enum bounce_points by_code(int code)
{
	if (code == 552)
		return BOUNCE_SOFT;
	if (code == 550 || code == 551 || code == 553)
		return BOUNCE_HARD;
	return code >= 400 && code < 500 ? BOUNCE_SOFT : BOUNCE_NONE;
}

enum bounce_points bounce_weigh(int code, const char *enhanced)
{
	for (size_t i = 0; *enhanced && i < sizeof(table) / sizeof(*table); i++)
		if (fits(table[i].enhanced, enhanced))
			return table[i].points;
	return by_code(code);
}
