#include "app/page.h"
#include "source/identity.h"
#include <string.h>

#define TRIES 3

static bool is_same_origin(const char *a, const char *b)
{
	struct arena mem = {0};
	const char *x = identity_origin(a, &mem), *y = identity_origin(b, &mem);
	bool same = x && y && !strcmp(x, y);

	arena_release(&mem);
	return same;
}

static void end(struct feed_row *row)
{
	row->page_url = NULL;
	row->page = 0;
}

void page_after(struct feed_row *row, const struct page_news *news)
{
	const char *next = news->feed->next;

	if (!next || news->first || news->known || news->feed->complete ||
	    !news->feed->n_entries || row->role == FEED_THREAD ||
	    row->page >= PAGES_MAX || !strcmp(next, news->url) ||
	    !is_same_origin(next, news->url)) {
		end(row);
		return;
	}
	row->page_url = next;
	row->page++;
}

bool page_failed(struct feed_row *row, long status)
{
	bool refused = status == 429 || status == 503;
	bool for_good = status && status < 500 && !refused;

	if (!for_good && row->failures < TRIES)
		return false;
	end(row);
	return true;
}
