/* libqpdf's C interface, loaded only when a PDF comes: linked, it would cost every run of yifen-parse 4 ms and 5 MiB.
 */
#ifndef YIFEN_PARSERS_QPDF_H
#define YIFEN_PARSERS_QPDF_H

#include <glib.h>
#include <qpdf/qpdf-c.h>

/* clang-format off */
#define QPDF_FUNCTIONS(X)                                                                                              \
  X(qpdf_cleanup) X(qpdf_get_error) X(qpdf_get_error_code) X(qpdf_get_root) X(qpdf_has_error) X(qpdf_init)             \
  X(qpdf_oh_get_array_item) X(qpdf_oh_get_array_n_items) X(qpdf_oh_get_binary_string_value) X(qpdf_oh_get_dict)        \
  X(qpdf_oh_get_key_if_dict) X(qpdf_oh_get_stream_data) X(qpdf_oh_get_value_as_longlong) X(qpdf_oh_is_array)           \
  X(qpdf_oh_is_name_and_equals) X(qpdf_oh_is_null) X(qpdf_oh_is_stream) X(qpdf_oh_is_string) X(qpdf_read_memory)       \
  X(qpdf_set_attempt_recovery) X(qpdf_set_suppress_warnings) X(qpdf_silence_errors)
/* clang-format on */

typedef struct {
#define X(name) __typeof__(&name) name;
  QPDF_FUNCTIONS(X)
#undef X
} Qpdf;

/* The library, loaded at the first call, which must be before files are out of reach; NULL when it is not installed. */
const Qpdf *qpdf_library(void);

#endif
