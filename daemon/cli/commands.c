#include "cli/command.h"
#include <stddef.h>

const struct command *const commands[] = {
    &command_schedule,
    NULL,
};
