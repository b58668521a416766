/* Hides what may be a code: digit runs of exactly six, not part of a longer run, of any script (056869, ０５６８６９).
 */
#ifndef YIFEN_RULES_MASK_H
#define YIFEN_RULES_MASK_H

/* "******" in the place of each such run; the caller frees. NULL gives NULL. text: UTF-8. */
char *mask_codes(const char *text);

#endif
