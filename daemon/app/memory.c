#include "app/memory.h"
#include "base/mem.h"
#include <curl/curl.h>
#include <jansson.h>
#include <libxml/xmlmemory.h>
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unicode/uclean.h>
#include <unistd.h>
#include <uv.h>

#define ARENAS 1
#define LARGE 65536 /* bytes; of documents and buffers, not of rows */

void memory_set_up(void)
{
	/* What each thread's keeps free would add up. */
	(void)mallopt(M_ARENA_MAX, ARENAS);
	/* Fixed, as otherwise the first large block that is freed raises it and
	 * later ones leave holes. */
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
}

/* ---- out of memory ------------------------------------------------------ */

static void *resize(void *p, size_t size)
{
	return xrealloc(p, size, 1);
}

static void *icu_malloc(const void *context, size_t size)
{
	(void)context;
	return xmalloc(size);
}

static void *icu_realloc(const void *context, void *p, size_t size)
{
	(void)context;
	return xrealloc(p, size, 1);
}

static void icu_free(const void *context, void *p)
{
	(void)context;
	free(p);
}

void memory_hold_libraries(void)
{
	UErrorCode status = U_ZERO_ERROR;

	/* What these return would only say that it is too late. */
	(void)uv_replace_allocator(xmalloc, resize, xcalloc, free);
	(void)curl_global_init_mem(CURL_GLOBAL_DEFAULT, xmalloc, free, resize,
				   xstrdup, xcalloc);
	(void)xmlMemSetup(free, xmalloc, resize, xstrdup);
	json_set_alloc_funcs(xmalloc, free);
	u_setMemoryFunctions(NULL, icu_malloc, icu_realloc, icu_free, &status);
}

/* ---- given back --------------------------------------------------------- */

/* Relocations in the code itself (never on amd64): its pages are no copies
 * of the file, and would be lost. */
static bool has_text_relocations(const struct dl_phdr_info *object)
{
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		const ElfW(Dyn) * entry;

		if (segment->p_type != PT_DYNAMIC)
			continue;
		entry = (const void *)(object->dlpi_addr + segment->p_vaddr);
		for (; entry->d_tag != DT_NULL; entry++)
			if (entry->d_tag == DT_TEXTREL ||
			    (entry->d_tag == DT_FLAGS &&
			     entry->d_un.d_val & DF_TEXTREL))
				return true;
	}
	return false;
}

/* What was never to be written is as it is in the file. */
static int forget_pages(struct dl_phdr_info *object, size_t size, void *data)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)data;
	if (has_text_relocations(object))
		return 0;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		uintptr_t start = object->dlpi_addr + segment->p_vaddr;
		uintptr_t end = start + segment->p_memsz;

		if (segment->p_type != PT_LOAD || segment->p_flags & PF_W)
			continue;
		start -= start % page;
		/* Refused (locked memory, say) means that nothing changes. */
		(void)madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 0;
}

void memory_give_back(void)
{
	(void)malloc_trim(0);
	(void)dl_iterate_phdr(forget_pages, NULL);
}
