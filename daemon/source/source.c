#include "source/source.h"
#include "source_p.h"

#define ACCEPT_FEED                                                            \
	"application/atom+xml, application/rss+xml, application/feed+json, "   \
	"application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, "      \
	"*/*;q=0.5"

static const struct source *const sources[] = {
    &source_feed,  &source_discourse,  &source_nodebb,	&source_flarum,
    &source_lemmy, &source_hyperkitty, &source_decidim, &source_wordpress,
    &source_elgg,  &source_phpbb,      &source_moodle,	&source_github,
};

const struct source *source_of(enum source_kind kind)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		if (sources[i]->kind == kind)
			return sources[i];
	return NULL;
}

void source_ask(const struct source *source,
		const struct source_question *question, struct arena *mem,
		struct source_request *ret_request)
{
	*ret_request = (struct source_request){
	    .url = question->url,
	    .accept = ACCEPT_FEED,
	};
	if (source && source->ask)
		source->ask(question, mem, ret_request);
}

int source_read_feed(const struct source_answer *answer, struct arena *mem,
		     struct feed *ret_feed, struct err *e)
{
	return feed_parse(answer->bytes, answer->len, answer->content_type,
			  answer->url, mem, ret_feed, e);
}
