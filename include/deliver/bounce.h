/*
 * What a refusal for good says about the address, in points. Pure.
 *
 * Some say that there is nobody and never will be: no more mail. Others add
 * up: a mailbox that is full, a server that could not be reached for days, a
 * refusal that does not say why. At BOUNCE_LIMIT there is no more mail either.
 * What is the message's, the relay's or ours is no fault of the address, and
 * weighs nothing.
 */
#ifndef DELIVER_BOUNCE_H
#define DELIVER_BOUNCE_H

#define BOUNCE_LIMIT 4

enum bounce_points {
	BOUNCE_NONE = 0,
	BOUNCE_SOFT = 1,
	BOUNCE_HARD = 2,
	BOUNCE_FINAL = BOUNCE_LIMIT
};

/*
 * Of an SMTP answer, or of the status in a report (code 0): `enhanced` is
 * "5.1.1" (RFC 3463) or "". It is about a mail that was given up.
 */
enum bounce_points bounce_weigh(int code, const char *enhanced);

#endif
