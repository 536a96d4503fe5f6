#include "deliver/reply.h"
#include "base/utf8.h"
#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && is_digit(s[n]))
		n++;
	return n;
}

/* "4.7.1" at the start, of the code's class: its length, else 0. */
static size_t enhanced_len(const char *s, char class)
{
	size_t subject, detail;

	if (s[0] != class || s[1] != '.')
		return 0;
	subject = digits(s + 2, 3);
	if (!subject || s[2 + subject] != '.')
		return 0;
	detail = digits(s + 3 + subject, 3);
	if (!detail ||
	    (s[3 + subject + detail] != ' ' && s[3 + subject + detail] != '\0'))
		return 0;
	return 3 + subject + detail;
}

static void add_text(struct reply_reader *r, const char *text)
{
	size_t room = sizeof(r->reply.text) - r->text_len;
	int n;

	if (!*text || room < 2)
		return;
	n = snprintf(r->reply.text + r->text_len, room, "%s%s",
		     r->text_len ? " " : "", text);
	r->text_len += (size_t)n < room ? (size_t)n : room - 1;
}

/* One line without its end: REPLY_DONE when it is the reply's last. */
static enum reply_step take_line(struct reply_reader *r)
{
	const char *line = r->line, *text;
	size_t enhanced;
	int code;

	if (r->line_len < 3 || digits(line, 3) != 3 || line[0] < '2' ||
	    line[0] > '5' || ++r->lines > REPLY_LINES_MAX)
		return REPLY_BROKEN;
	code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
	if (r->lines == 1)
		r->reply.code = code;
	if (code != r->reply.code || !strchr(" -", line[3]))
		return REPLY_BROKEN;
	text = line[3] ? line + 4 : line + 3;
	enhanced = enhanced_len(text, line[0]);
	if (enhanced) {
		memcpy(r->reply.enhanced, text, enhanced);
		r->reply.enhanced[enhanced] = '\0';
		text += enhanced;
		text += *text == ' ';
	}
	add_text(r, text);
	return line[3] == '-' ? REPLY_MORE : REPLY_DONE;
}

enum reply_step reply_read(struct reply_reader *r, const char *bytes,
			   size_t len, size_t *ret_used,
			   struct reply *ret_reply)
{
	enum reply_step step;

	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (c != '\n') {
			/* A NUL would end our strings early. */
			if (r->line_len < sizeof(r->line) - 1)
				r->line[r->line_len++] = c ? c : '?';
			continue;
		}
		if (r->line_len && r->line[r->line_len - 1] == '\r')
			r->line_len--;
		r->line[r->line_len] = '\0';
		step = take_line(r);
		r->line_len = 0;
		if (step == REPLY_MORE)
			continue;
		*ret_used = i + 1;
		*ret_reply = r->reply;
		(void)utf8_line(ret_reply->text);
		*r = (struct reply_reader){0};
		return step;
	}
	*ret_used = len;
	return REPLY_MORE;
}
