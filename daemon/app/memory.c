#include "app/memory.h"
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARENAS 1
#define LARGE 65536 /* bytes; of documents and buffers, not of rows */

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

void memory_set_up(void)
{
	/* A thread without one takes another's: what each keeps free adds up.
	 */
	(void)mallopt(M_ARENA_MAX, ARENAS);
	/* Fixed, as otherwise the first large block that is freed raises it and
	 * later ones leave holes. */
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
}

void memory_give_back(void)
{
	(void)malloc_trim(0);
	(void)dl_iterate_phdr(forget_pages, NULL);
}
