/* What became of a step at a bank. Every channel answers with one of these; one switch treats them. */
#ifndef YIFEN_DAEMON_BANK_CHANNEL_H
#define YIFEN_DAEMON_BANK_CHANNEL_H

typedef enum {
  CHANNEL_DONE,     /* it happened, the other side said so */
  CHANNEL_REJECTED, /* it did not happen and will not: the other side refused */
  CHANNEL_RETRY,    /* it surely did not happen: try again later */
  CHANNEL_UNKNOWN,  /* asked for, but no answer came: look before doing anything */
} ChannelOutcome;

#endif
