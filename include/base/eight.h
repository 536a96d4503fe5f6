/*
 * Eight bytes at once: what is asked of text byte by byte, asked of a word
 * of eight.
 *
 * An answer has the high bit of each byte of which it is true and no other
 * bit, so answers can be joined with | and &. Exact: no byte's answer
 * depends on its neighbour's. Pure; any thread, any order of bytes.
 */
#ifndef BASE_EIGHT_H
#define BASE_EIGHT_H

#include <stdint.h>
#include <string.h>

#define EIGHT_ONES UINT64_C(0x0101010101010101)
#define EIGHT_HIGH UINT64_C(0x8080808080808080)

/* The eight bytes at `s`, which needs no alignment. */
static inline uint64_t eight_load(const char *s)
{
	uint64_t x;

	memcpy(&x, s, sizeof(x));
	return x;
}

/* Bytes of 0x80 and more: those of no ASCII character. */
static inline uint64_t eight_high(uint64_t x)
{
	return x & EIGHT_HIGH;
}

/* The low seven bits plus 0x7f reach the high bit unless they are 0. */
static inline uint64_t eight_equal(uint64_t x, unsigned char c)
{
	uint64_t differ = x ^ c * EIGHT_ONES;

	return ~(((differ & ~EIGHT_HIGH) + ~EIGHT_HIGH) | differ) & EIGHT_HIGH;
}

/* Bytes under `c`, which is at most 0x80. */
static inline uint64_t eight_below(uint64_t x, unsigned char c)
{
	uint64_t sum = (x & ~EIGHT_HIGH) + (0x80U - c) * EIGHT_ONES;

	return ~(sum | x) & EIGHT_HIGH;
}

/* Of how many bytes the answer is true: the product adds them up on top. */
static inline unsigned eight_count(uint64_t answer)
{
	return (unsigned)((answer >> 7) * EIGHT_ONES >> 56);
}

#endif
