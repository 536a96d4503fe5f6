/*
 * The table's rows: one `extern` a kind. For source.c alone.
 */
#ifndef SOURCE_SOURCE_P_H
#define SOURCE_SOURCE_P_H

#include "source/source.h"

extern const struct source source_discourse;
extern const struct source source_nodebb;
extern const struct source source_flarum;
extern const struct source source_lemmy;
extern const struct source source_hyperkitty;
extern const struct source source_decidim;
extern const struct source source_feed, source_wordpress, source_elgg,
    source_phpbb, source_moodle, source_github;

#endif
