#include "app/daemon.h"
#include "app/memory.h"
#include "base/log.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define DEFAULT_CONFIG_DIR "/etc/pregon"

static void usage(FILE *out)
{
	fputs("usage: pregond [-c DIR] [-q | -v]\n"
	      "Watches groups and mails their members (see pregond(8)).\n\n"
	      "  -c, --config DIR  configuration (" DEFAULT_CONFIG_DIR ")\n"
	      "  -q, --quiet       only warnings and errors\n"
	      "  -v, --verbose     every step, for finding faults\n"
	      "  -V, --version     the version\n"
	      "  -h, --help        this\n",
	      out);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"quiet", no_argument, NULL, 'q'},
	    {"verbose", no_argument, NULL, 'v'},
	    {"version", no_argument, NULL, 'V'},
	    {"help", no_argument, NULL, 'h'},
	    {0},
	};
	const char *config_dir = DEFAULT_CONFIG_DIR;
	enum log_level level = LOG_LEVEL_INFO;
	int c;

	while ((c = getopt_long(argc, argv, "c:qvVh", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			config_dir = optarg;
			break;
		case 'q':
			level = LOG_LEVEL_WARN;
			break;
		case 'v':
			level = LOG_LEVEL_DEBUG;
			break;
		case 'V':
			puts("pregond " PREGON_VERSION);
			return EX_OK;
		case 'h':
			usage(stdout);
			return EX_OK;
		default:
			usage(stderr);
			return EX_USAGE;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return EX_USAGE;
	}
	/* The worker and the poller's readers, all there is (loop/worker.h):
	 * more threads would only pass their jobs around among caches. */
	setenv("UV_THREADPOOL_SIZE", "3", 0);
	memory_set_up();
	/* journald reads "<6>" prefixes and says so by this variable. */
	log_setup(level, getenv("JOURNAL_STREAM") != NULL);
	return daemon_run(config_dir);
}
