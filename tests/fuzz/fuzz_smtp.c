/*
 * Whatever a server says, in whatever pieces: each message that was given has
 * one outcome, in that order, and what goes out is lines of commands and of
 * content with doubled dots; and none is accepted before its dot was sent. The
 * first byte says what the server offers, and whether what was said is only
 * sent when the next piece has been read; a byte 0 in the input is where one
 * piece ends.
 */
#include "deliver/smtp.h"
#include "fuzz.h"

#define MESSAGES 4

static const int numbers[MESSAGES] = {0, 1, 2, 3};
#define N(i) ((void *)&numbers[i])

#define MAIL(to_, bytes_, i, envid_)                                           \
	{                                                                      \
		.from = "a@x.example", .to = (to_), .bytes = (bytes_),         \
		.len = sizeof(bytes_) - 1, .envid = (envid_), .data = N(i)     \
	}
static const struct smtp_message sample[MESSAGES] = {
    MAIL("b@y.example", "Subject: x\r\n\r\n.\r\nhi\r\n", 0, NULL),
    MAIL("c+d=e@y.example", "Subject: y\r\n\r\n1234567\r\n", 1, "AQ-_z"),
    MAIL("d@y.example>\r\nDATA", "x\r\n", 2, "AQ"),
    MAIL("\303\261@y.example", "no line end", 3, "AQ"),
};

struct talk {
	struct smtp *smtp;
	size_t given, ended, accepted, dots;
	bool sends_late;
	struct buf unsent;
};

static void on_outcome(const struct smtp_outcome *outcome, void *data)
{
	const int *number = outcome->message->data;
	struct talk *talk = data;

	require((size_t)*number == talk->ended++);
	talk->accepted += outcome->end == SMTP_ACCEPTED;
	require(talk->accepted <= talk->dots);
	require_line(outcome->reply.text, sizeof(outcome->reply.text) - 1);
}

/* No command or line is cut, and none says more than one thing. */
static void check_lines(const struct buf *out)
{
	for (size_t i = 0; i < out->len; i++)
		require(out->data[i] != '\n' ||
			(i && out->data[i - 1] == '\r'));
}

static void send_unsent(struct talk *t)
{
	const char *at = buf_str(&t->unsent), *line;

	while ((line = strchr(at, '\n'))) {
		t->dots += line - at == 2 && *at == '.';
		at = line + 1;
	}
	buf_reset(&t->unsent);
}

static void take_said(struct talk *t)
{
	const struct buf *out = smtp_out(t->smtp);

	check_lines(out);
	(void)buf_add(&t->unsent, buf_str(out), out->len);
	smtp_taken(t->smtp);
}

static void listen(struct talk *t, const uint8_t *data, size_t size)
{
	while (size && !smtp_over(t->smtp)) {
		const uint8_t *end = memchr(data, 0, size);
		size_t n = end ? (size_t)(end - data) : size;
		char *piece = fuzz_string(data, n);

		while (t->given < MESSAGES && smtp_wants(t->smtp))
			smtp_give(t->smtp, &sample[t->given++]);
		if (!t->sends_late)
			take_said(t), send_unsent(t);
		smtp_received(t->smtp, piece, n, t->unsent.len);
		send_unsent(t);
		take_said(t);
		free(piece);
		data += end ? n + 1 : n;
		size -= end ? n + 1 : n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_offer offer = {0};
	struct talk t = {.given = 0};

	if (!size)
		return 0;
	offer.pipelining = data[0] & 1;
	offer.smtputf8 = data[0] & 2;
	offer.dsn = data[0] & 8;
	offer.size_max = data[0] & 4 ? 20 : 0;
	t.sends_late = data[0] & 16;
	buf_init(&t.unsent, 1024 * 1024);
	t.smtp = smtp_new(&offer, on_outcome, &t);
	listen(&t, data + 1, size - 1);
	smtp_lost(t.smtp);
	smtp_settle(t.smtp);
	require(smtp_idle(t.smtp));
	require(t.ended == t.given);
	smtp_free(t.smtp);
	buf_release(&t.unsent);
	return 0;
}
