/*
 * Whose mail is a post, and whose is a machine's (RFC 3834, and what older
 * programs do instead). A List-Id speaks for a mail: lists send in bulk, and
 * what a program posts to a list is read there too.
 */
#include "mail_p.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool begins(const char *value, const char *word)
{
	return value && !strncasecmp(value, word, strlen(word));
}

/* "alert.12.0123456789abcdef@...": pregon's Message-IDs (plan/digest.c),
 * which stay when a list sends the mail on. */
static bool is_our_id(const char *id)
{
	const char *at, *hash;

	if (!id)
		return false;
	id += strspn(id, "< ");
	at = strchr(id, '@');
	if (!at || at - id < 24 ||
	    (strncmp(id, "alert.", 6) != 0 && strncmp(id, "digest.", 7) != 0))
		return false;
	hash = at - 16;
	for (const char *p = hash; p < at; p++)
		if (!isdigit((unsigned char)*p) && (*p < 'a' || *p > 'f'))
			return false;
	return hash[-1] == '.';
}

/* All that pregon sends says so (compose/message.c). */
static bool is_ours(const struct mail_head *head)
{
	return is_our_id(head->value[MAIL_MESSAGE_ID]) ||
	       (begins(head->value[MAIL_AUTO_SUBMITTED], "auto-generated") &&
		begins(head->value[MAIL_SUPPRESS], "All") &&
		begins(head->value[MAIL_LIST_POST], "NO"));
}

/* Exchange calls its answers auto-generated; its subjects tell. */
static bool is_out_of_office(const struct mail_head *head, struct arena *mem)
{
	static const char *const subjects[] = {
	    "Respuesta automática", "Automatic reply",
	    "Fuera de la oficina",  "Out of Office",
	    "Resposta automática",  "Automatische Antwort",
	    "Réponse automatique",  "Risposta automatica",
	    "Resposta automàtica",  "Ausente",
	};
	const char *subject = head->value[MAIL_SUBJECT];

	if (!subject)
		return false;
	subject = mail_decode(subject, mem);
	for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++)
		if (begins(subject, subjects[i]))
			return true;
	return false;
}

static bool is_answer(const struct mail_head *head, struct arena *mem)
{
	const char *automatic = head->value[MAIL_AUTO_SUBMITTED];

	if (head->value[MAIL_AUTOREPLY] || head->value[MAIL_AUTORESPOND] ||
	    begins(head->value[MAIL_PRECEDENCE], "auto_reply") ||
	    begins(automatic, "auto-replied") ||
	    begins(automatic, "auto-notified"))
		return true;
	return begins(automatic, "auto-") && is_out_of_office(head, mem);
}

static bool is_report(const struct mail_head *head)
{
	static const char *const types[] = {
	    "multipart/report", "message/delivery-status",
	    "message/disposition-notification", "message/feedback-report"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (begins(head->value[MAIL_TYPE], types[i]))
			return true;
	return head->value[MAIL_FAILED_RECIPIENTS] != NULL;
}

/* What only a mail that came by no list must answer for. */
static const char *reason_without_list(const struct mail_head *head)
{
	const char *precedence = head->value[MAIL_PRECEDENCE];
	const char *sender = head->value[MAIL_RETURN_PATH];

	if (begins(head->value[MAIL_AUTO_SUBMITTED], "auto-") ||
	    begins(precedence, "bulk") || begins(precedence, "junk"))
		return "an automatic mail that came by no list";
	if (sender && !strcmp(sender, "<>"))
		return "a mail without a sender that came by no list";
	return NULL;
}

const char *mail_reason(const struct mail_head *head, struct arena *mem)
{
	if (!head->value[MAIL_FROM] && !head->value[MAIL_SUBJECT])
		return "no mail: it has neither From nor Subject";
	if (is_ours(head))
		return "a mail of pregon itself";
	if (is_report(head))
		return "a report about a mail";
	if (is_answer(head, mem))
		return "an automatic answer";
	if (begins(head->value[MAIL_ADMINISTRIVIA], "yes"))
		return "the list's own business";
	if (begins(head->value[MAIL_SPAM], "yes"))
		return "marked as spam";
	return head->value[MAIL_LIST_ID] ? NULL : reason_without_list(head);
}
