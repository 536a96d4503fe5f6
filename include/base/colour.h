/*
 * Colours of mails, and whether one can be read on another (WCAG 2.2,
 * section 1.4.3). Pure.
 */
#ifndef BASE_COLOUR_H
#define BASE_COLOUR_H

#include <stdbool.h>

struct colour {
	unsigned char red, green, blue;
};

#define COLOUR_TEXT 8 /* "#0b57a8" */
#define COLOUR_READABLE 4.5
#define COLOUR_EASY 7.0		/* to read */
#define COLOUR_ACCENT "#0b57a8" /* where nobody chose another */

/* "#0b57a8", nothing else. */
bool colour_parse(const char *text, struct colour *ret_colour);
void colour_write(struct colour colour, char out[COLOUR_TEXT]);

/* 1 (the same) to 21 (black on white). */
double colour_contrast(struct colour a, struct colour b);

/* `colour`, or the nearest to it on the way to `towards` that has that
 * contrast to `background`. */
struct colour colour_readable(struct colour colour, struct colour background,
			      struct colour towards, double contrast);

#endif
