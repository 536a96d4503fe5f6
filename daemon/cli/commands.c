#include "cli/command.h"
#include <stddef.h>

const struct command *const commands[] = {
    &command_status,
    &command_queue,
    &command_groups,
    &command_group,
    &command_members,
    &command_member,
    &command_debates,
    &command_schedule,
    &command_preview,
    &command_explain,
    &command_simulate,
    &command_feed,
    &command_post,
    &command_bounce,
    &command_check,
    &command_reload,
    NULL,
};
