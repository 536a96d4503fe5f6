#include "compose/zones.h"
#include "base/mem.h"
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OPEN_MAX 64

struct zones {
	size_t n;
	struct {
		char *name;
		GTimeZone *zone;
	} open[OPEN_MAX];
};

struct zones *zones_new(void)
{
	return xcalloc(1, sizeof(struct zones));
}

/* The last place is the one that is given up for the next newcomer. */
static void close_last(struct zones *zones)
{
	zones->n--;
	free(zones->open[zones->n].name);
	g_time_zone_unref(zones->open[zones->n].zone);
}

void zones_free(struct zones *zones)
{
	while (zones && zones->n)
		close_last(zones);
	free(zones);
}

static GTimeZone *find(struct zones *zones, const char *name)
{
	GTimeZone *zone;

	for (size_t i = 0; i < zones->n; i++)
		if (strcmp(zones->open[i].name, name) == 0)
			return zones->open[i].zone;
	/* GLib also opens absolute paths; a name is never one. */
	if (!*name || *name == '/' || strstr(name, ".."))
		return NULL;
	zone = g_time_zone_new_identifier(name);
	if (!zone)
		return NULL;
	if (zones->n == OPEN_MAX)
		close_last(zones);
	zones->open[zones->n].name = xstrdup(name);
	zones->open[zones->n++].zone = zone;
	return zone;
}

int zones_local(struct zones *zones, const char *name, int64_t t,
		struct words_time *ret_time, struct err *e)
{
	GTimeZone *zone = name ? find(zones, name) : NULL;
	struct tm tm;
	time_t wall;

	if (!zone)
		return err_set(e, ERR_INPUT, "there is no time zone \"%s\"",
			       name ? name : "");
	wall = (time_t)t + g_time_zone_get_offset(
			       zone, g_time_zone_find_interval(
					 zone, G_TIME_TYPE_UNIVERSAL, t));
	if (!gmtime_r(&wall, &tm))
		return err_set(e, ERR_INPUT, "a date is out of range");
	*ret_time = (struct words_time){.year = tm.tm_year + 1900,
					.month = tm.tm_mon + 1,
					.day = tm.tm_mday,
					.hour = tm.tm_hour,
					.minute = tm.tm_min};
	return 0;
}
