/*
 * Any bytes are a report within its caps, of clean lines, or none and why.
 */
#include "fuzz.h"
#include "source/report.h"

static void check(const struct report *report)
{
	require((report->kind == REPORT_NONE) == (report->why_not != NULL));
	require(report->kind != REPORT_FAILED || report->n_recipients);
	require(report->n_recipients <= REPORT_RECIPIENTS_MAX);
	require(report->n_marks <= REPORT_MARKS_MAX);
	for (size_t i = 0; i < report->n_marks; i++)
		require_line(report->marks[i], 8192);
	for (size_t i = 0; i < report->n_recipients; i++) {
		const struct report_recipient *to = &report->recipients[i];

		require_line(to->address, 320);
		require_line(to->original, 320);
		require_line(to->text, REPORT_TEXT_MAX);
		require_line(to->status, 9);
		require(!to->code || (to->code >= 400 && to->code < 600));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_string(data, size);
	struct arena mem = {0};
	struct report report;

	report_read(bytes, size, &mem, &report);
	check(&report);
	arena_release(&mem);
	free(bytes);
	return 0;
}
