#include "parsers/csv_split.h"

#include <string.h>

#include "parsers/csv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = CSV_SPLIT_ROOM };

/* Marks: separators, quotes, line ends, and whatever may be a control character. */
static inline __attribute__((always_inline)) guint64 marks_of(const char *block, char separator) {
  guint64 marks = 0;
#ifdef __SSE2__
  const __m128i between = _mm_set1_epi8(separator), quote = _mm_set1_epi8('"'), low = _mm_set1_epi8(0x1F),
                delete = _mm_set1_epi8(0x7F), lead = _mm_set1_epi8((char)0xC2);
#pragma GCC unroll 4
  for (int i = 0; i < BLOCK / 16; i++) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)block + i);
    __m128i hits = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, between), _mm_cmpeq_epi8(bytes, quote)),
                                _mm_cmpeq_epi8(_mm_min_epu8(bytes, low), bytes));
    hits = _mm_or_si128(hits, _mm_or_si128(_mm_cmpeq_epi8(bytes, delete), _mm_cmpeq_epi8(bytes, lead)));
    marks |= (guint64)(guint)_mm_movemask_epi8(hits) << (16 * i);
  }
#else
  for (int i = 0; i < BLOCK; i++) {
    guchar byte = (guchar)block[i];
    gboolean is_mark = byte == (guchar)separator || byte == '"' || byte < 0x20 || byte == 0x7F || byte == 0xC2;
    marks |= (guint64)is_mark << i;
  }
#endif
  return marks;
}

/* The next mark; there always is one, the line feed behind the text. */
static inline __attribute__((always_inline)) char *next_mark(CsvSplit *split) {
  while (split->marks == 0) {
    split->block += BLOCK;
    split->marks = marks_of(split->block, split->separator);
  }
  char *mark = split->block + __builtin_ctzll(split->marks);
  split->marks &= split->marks - 1;
  return mark;
}

static gboolean is_blank(const CsvSplit *split, char c) {
  return c == ' ' || (c == '\t' && split->separator != '\t');
}

/* Does the line end here? */
static gboolean is_over(const char *at) {
  return *at == '\n' || (*at == '\r' && at[1] == '\n');
}

/* The next mark that is a separator, a quote, or may end the line; *controls: others came, within the cell. */
static inline __attribute__((always_inline)) char *next_special(CsvSplit *split, const char *cell, gboolean *controls) {
  for (;;) {
    char *mark = next_mark(split);
    if (*mark == split->separator || *mark == '"' || *mark == '\r' || *mark == '\n')
      return mark;
    *controls |= mark >= cell;
  }
}

/* A cell without quotes, up to what ends it; NULL for one that is not so simple. */
static inline __attribute__((always_inline)) char *bare_cell(CsvSplit *split, SheetCell *cell) {
  char *start = split->at;
  gboolean controls = FALSE;
  while (is_blank(split, *start))
    start++;
  char *end = next_special(split, start, &controls), *after = end;
  if (*end == '"' || (*end == '\r' && !is_over(end)))
    return NULL;
  while (start < end && is_blank(split, end[-1]))
    end--;
  *cell = (SheetCell){start, (guint)(end - start), !controls};
  return after;
}

/* The quote that ends a cell, or NULL. Two quotes are one: what follows them moves down to *to. */
static inline __attribute__((always_inline)) char *closing_quote(CsvSplit *split, char *from, char **to,
                                                                 gboolean *controls) {
  for (;;) {
    char *at = next_special(split, from, controls);
    *controls |= *at == '\t';
    if (*at == split->separator)
      continue;
    if (*at != '"')
      return NULL;
    gsize size = (gsize)(at - from);
    if (*to != from)
      memmove(*to, from, size);
    *to += size;
    if (at[1] != '"')
      return at;
    *(*to)++ = '"';
    from = next_mark(split) + 1;
  }
}

/* A cell that begins with a quote, up to what ends it; NULL for one that something follows. */
static inline __attribute__((always_inline)) char *quoted_cell(CsvSplit *split, SheetCell *cell) {
  gboolean controls = FALSE;
  char *start = next_mark(split) + 1, *to = start, *quote = closing_quote(split, start, &to, &controls);
  char *after = quote == NULL ? NULL : quote + 1;
  if (after == NULL || (*after != split->separator && !is_over(after)))
    return NULL;
  (void)next_mark(split);
  *cell = (SheetCell){start, (guint)(to - start), !controls};
  return after;
}

/* The cells of a line, up to its line feed; 0 as csv_split(). */
static inline __attribute__((always_inline)) guint split_line(CsvSplit *split, SheetCell *cells) {
  gboolean filled = FALSE;
  for (guint count = 0; count < SHEET_CELLS_MAX; split->at++) {
    SheetCell *cell = &cells[count++];
    split->at = *split->at == '"' ? quoted_cell(split, cell) : bare_cell(split, cell);
    if (split->at == NULL)
      return 0;
    filled |= cell->size > 0;
    gboolean over = is_over(split->at);
    if (over && *split->at == '\r')
      split->at = next_mark(split);
    cell->text[cell->size] = '\0';
    if (over)
      return filled ? count : 0;
  }
  return 0;
}

void csv_split_begin(CsvSplit *split, char *text, gsize size, char separator) {
  *split = (CsvSplit){.at = text, .end = text + size, .block = text, .separator = separator};
  text[size] = '\n';
  split->marks = marks_of(text, separator);
}

void csv_split_skip(CsvSplit *split, char *to) {
  split->at = split->block = to;
  split->marks = marks_of(to, split->separator);
}

guint csv_split(CsvSplit *split, SheetCell *cells) {
  CsvSplit now = *split; /* which stays in registers */
  char *start = split->at;
  guint count = split_line(&now, cells);
  if (count == 0)
    return 0;
  now.at++;
  if (now.at > now.end || now.at - start > CSV_ROW_MAX)
    return 0;
  *split = now;
  return count;
}
