#include "plan/kept_zones.h"
#include <glib.h>
#include <string.h>

void kept_zones_add(struct kept_zones *kept, const char *name)
{
	size_t len = strlen(name);
	GTimeZone *zone;

	for (size_t i = 0; i < kept->n; i++)
		if (!strcmp(kept->names[i], name))
			return;
	if (kept->n == KEPT_ZONES_MAX || len >= sizeof(kept->names[0]) ||
	    !len || *name == '/' || strstr(name, ".."))
		return;
	zone = g_time_zone_new_identifier(name);
	if (!zone)
		return;
	memcpy(kept->names[kept->n], name, len + 1);
	kept->zones[kept->n++] = zone;
}

void kept_zones_release(struct kept_zones *kept)
{
	for (size_t i = 0; i < kept->n; i++)
		g_time_zone_unref(kept->zones[i]);
	*kept = (struct kept_zones){.n = 0};
}
