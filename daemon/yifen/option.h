/* Options with a value, wherever they stand among a command's arguments. */
#ifndef YIFEN_DAEMON_YIFEN_OPTION_H
#define YIFEN_DAEMON_YIFEN_OPTION_H

/* The value of `--name VALUE`, taken out of the arguments; NULL when it is absent or has no value (then it stays and
 * the command's own check of its arguments fails). */
const char *option_take(int *argc, char **argv, const char *name);

#endif
