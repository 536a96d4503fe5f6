#include "base/random.h"
#include <stdlib.h>
#include <sys/random.h>

void random_name(char out[RANDOM_NAME_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[(RANDOM_NAME_SIZE - 1) / 2];

	/* Up to 256 bytes come whole (getrandom(2)). */
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();
	for (size_t i = 0; i < sizeof(bytes); i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[RANDOM_NAME_SIZE - 1] = '\0';
}
