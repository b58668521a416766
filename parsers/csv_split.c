#include "parsers/csv_split.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };

/* A line, and its marks: separators, quotes and control characters. Those of a block are found together, one bit each,
 * and then taken one by one. */
typedef struct {
  char *at, *end; /* of the next cell; the line feed */
  char *block;
  guint64 marks; /* of the block, those not yet taken */
  char separator;
  gboolean filled;   /* did any cell hold something? */
  gboolean controls; /* may there be control characters that are no marks? */
} Line;

static inline __attribute__((always_inline)) void mark_block(Line *line) {
#ifdef __SSE2__
  const __m128i separator = _mm_set1_epi8(line->separator), quote = _mm_set1_epi8('"'), low = _mm_set1_epi8(0x1F),
                delete = _mm_set1_epi8(0x7F), lead = _mm_set1_epi8((char)0xC2);
  __m128i odd = _mm_setzero_si128();
  line->marks = 0;
#pragma GCC unroll 4
  for (int i = 0; i < BLOCK / 16; i++) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)line->block + i);
    __m128i hits = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, separator), _mm_cmpeq_epi8(bytes, quote)),
                                _mm_cmpeq_epi8(_mm_min_epu8(bytes, low), bytes));
    odd = _mm_or_si128(odd, _mm_or_si128(_mm_cmpeq_epi8(bytes, delete), _mm_cmpeq_epi8(bytes, lead)));
    line->marks |= (guint64)(guint)_mm_movemask_epi8(hits) << (16 * i);
  }
  line->controls |= _mm_movemask_epi8(odd) != 0;
#else
  line->marks = 0;
  for (int i = 0; i < BLOCK; i++) {
    guchar byte = (guchar)line->block[i];
    line->marks |= (guint64)(byte == (guchar)line->separator || byte == '"' || byte < 0x20) << i;
    line->controls |= byte == 0x7F || byte == 0xC2;
  }
#endif
}

/* The next mark; there always is one, the line feed. */
static inline __attribute__((always_inline)) char *next_mark(Line *line) {
  while (line->marks == 0) {
    line->block += BLOCK;
    mark_block(line);
  }
  char *mark = line->block + __builtin_ctzll(line->marks);
  line->marks &= line->marks - 1;
  return mark;
}

static gboolean is_blank(const Line *line, char c) {
  return c == ' ' || (c == '\t' && line->separator != '\t');
}

/* Does the line end here? */
static gboolean is_over(const Line *line, const char *at) {
  return at == line->end || (*at == '\r' && at + 1 == line->end);
}

/* The next mark that is a separator, a quote, or may end the line; *controls: others came, within the cell. */
static inline __attribute__((always_inline)) char *next_special(Line *line, const char *cell, gboolean *controls) {
  for (;;) {
    char *mark = next_mark(line);
    if (*mark == line->separator || *mark == '"' || *mark == '\r' || *mark == '\n')
      return mark;
    *controls |= mark >= cell;
  }
}

/* A cell without quotes, up to what ends it; NULL for one that is not so simple. */
static inline __attribute__((always_inline)) char *bare_cell(Line *line, SheetCell *cell) {
  char *start = line->at;
  gboolean controls = FALSE;
  while (is_blank(line, *start))
    start++;
  char *end = next_special(line, start, &controls), *after = end;
  if (*end == '"' || (*end == '\r' && !is_over(line, end)))
    return NULL;
  while (start < end && is_blank(line, end[-1]))
    end--;
  *cell = (SheetCell){start, (guint)(end - start), !controls};
  return after;
}

/* The quote that ends a cell, or NULL. Two quotes are one: what follows them moves down to *to. */
static inline __attribute__((always_inline)) char *closing_quote(Line *line, char *from, char **to,
                                                                 gboolean *controls) {
  for (;;) {
    char *at = next_special(line, from, controls);
    *controls |= *at == '\t';
    if (*at == line->separator)
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
    from = next_mark(line) + 1;
  }
}

/* A cell that begins with a quote, up to what ends it; NULL for one that something follows. */
static inline __attribute__((always_inline)) char *quoted_cell(Line *line, SheetCell *cell) {
  gboolean controls = FALSE;
  char *start = next_mark(line) + 1, *to = start, *quote = closing_quote(line, start, &to, &controls);
  char *after = quote == NULL ? NULL : quote + 1;
  if (after == NULL || (*after != line->separator && !is_over(line, after)))
    return NULL;
  (void)next_mark(line);
  *cell = (SheetCell){start, (guint)(to - start), !controls};
  return after;
}

guint csv_split(char *text, gsize size, char separator, SheetCell *cells) {
  Line line = {.at = text, .end = text + size - 1, .block = text, .separator = separator};
  mark_block(&line);
  for (guint count = 0; count < SHEET_CELLS_MAX; line.at++) {
    SheetCell *cell = &cells[count++];
    line.at = *line.at == '"' ? quoted_cell(&line, cell) : bare_cell(&line, cell);
    if (line.at == NULL)
      return 0;
    line.filled |= cell->size > 0;
    gboolean over = is_over(&line, line.at);
    cell->text[cell->size] = '\0';
    if (over) {
      for (guint i = 0; line.controls && i < count; i++)
        cells[i].printable = FALSE;
      return line.filled ? count : 0;
    }
  }
  return 0;
}
