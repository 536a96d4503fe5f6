#include "base/colour.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 64

bool colour_parse(const char *text, struct colour *ret_colour)
{
	unsigned long value;

	if (strlen(text) != 7 || *text != '#')
		return false;
	for (const char *p = text + 1; *p; p++)
		if (!isxdigit((unsigned char)*p))
			return false;
	value = strtoul(text + 1, NULL, 16);
	*ret_colour =
	    (struct colour){(unsigned char)(value >> 16),
			    (unsigned char)(value >> 8), (unsigned char)value};
	return true;
}

void colour_write(struct colour c, char out[COLOUR_TEXT])
{
	snprintf(out, COLOUR_TEXT, "#%02x%02x%02x", c.red, c.green, c.blue);
}

static double light(unsigned char part)
{
	double c = part / 255.0;

	return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(struct colour c)
{
	return 0.2126 * light(c.red) + 0.7152 * light(c.green) +
	       0.0722 * light(c.blue);
}

double colour_contrast(struct colour a, struct colour b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static unsigned char between(unsigned char a, unsigned char b, int step)
{
	return (unsigned char)(a + (b - a) * step / STEPS);
}

struct colour colour_readable(struct colour colour, struct colour background,
			      struct colour towards, double contrast)
{
	struct colour c = colour;

	for (int i = 1; i <= STEPS; i++) {
		if (colour_contrast(c, background) >= contrast)
			return c;
		c = (struct colour){between(colour.red, towards.red, i),
				    between(colour.green, towards.green, i),
				    between(colour.blue, towards.blue, i)};
	}
	return c;
}
