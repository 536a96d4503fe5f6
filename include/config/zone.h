/*
 * Which time zones the system has: the compiled files of its tzdata, under
 * $TZDIR or /usr/share/zoneinfo (tzfile(5)). Blocks on files.
 */
#ifndef CONFIG_ZONE_H
#define CONFIG_ZONE_H

#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

/* Other when the system's tzdata is: when it was written. */
int64_t zone_version(void);

bool zone_exists(const char *name);
/* The known name nearest to a mistyped one, NULL when none is near. */
const char *zone_nearest(const char *typed, struct arena *mem);

#endif
