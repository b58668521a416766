/* What a label hides of the receiver (GB/T 41833-2022 with 快递暂行条例 §34): at least one character of the name, at
 * least six digits of the telephone number, and the door behind the building's number. What is hidden is "*" for each
 * character, so that the length stays. All texts are UTF-8; the caller frees the answers. */
#ifndef YIFEN_RULES_LABEL_MASK_H
#define YIFEN_RULES_LABEL_MASK_H

#include <glib.h>

#define LABEL_MASK_DIGITS_LEAST 6

/* Only the first character stays, blanks and the dots between parts of a name too; of a name of one character nothing:
 * 张三丰 -> 张**, 买买提·艾力 -> 买**·**. */
char *label_mask_name(const char *name);

/* Hides `hidden` digits (at least LABEL_MASK_DIGITS_LEAST) in the middle, one more shown at the end than at the
 * beginning when their number is odd: 13800138078 with 8 -> 1********78. Other characters stay. */
char *label_mask_phone(const char *phone, int hidden);

/* Hides the number of unit, floor and room: figures and letters before 单元 室 房 户 层 楼, Chinese figures there too,
 * and figures that end the address. What leads to the building (路, 号, 栋) stays: 一路1号3栋2单元501 ->
 * 一路1号3栋*单元***. */
char *label_mask_address(const char *address);

#endif
