# Everything a person does. `make` builds; see README for the rest.
CC ?= gcc
B := build$(if $(SAN),/$(SAN),)
PACKAGES := glib-2.0 libcurl openssl sqlite3 libxml-2.0 libssh2 jansson libmicrohttpd libsystemd libseccomp
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
  -Wformat=2 -Wundef -Wvla -Wno-unused-function -Wno-missing-field-initializers
CFLAGS ?= -O2 -g
HARDEN := $(if $(SAN),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIE
LDHARDEN := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
comma := ,
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES))
ALLCFLAGS = -std=gnu17 -D_GNU_SOURCE -I. $(WARN) $(HARDEN) $(SANFLAGS) $(PKG_CFLAGS) $(CFLAGS)
LIBS := $(shell pkg-config --libs $(PACKAGES)) -lcsv

# A layer is a folder; a program is a folder of daemon/ with a main.c.
objects = $(patsubst %.c,$(B)/%.o,$(1))
PROGRAM_DIRS := $(patsubst daemon/%/main.c,%,$(wildcard daemon/*/main.c))
program_name = $(if $(filter yifen yifend,$(1)),$(1),yifen-$(1))
PROGRAMS := $(foreach p,$(PROGRAM_DIRS),$(B)/$(call program_name,$(p)))
ARCHIVES := $(B)/daemon.a $(B)/spool.a $(B)/parsers.a $(B)/rules.a
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))

.PHONY: all clean
all: $(PROGRAMS)

$(B)/rules.a: $(call objects,$(wildcard rules/*.c))
$(B)/parsers.a: $(call objects,$(wildcard parsers/*.c))
$(B)/spool.a: $(call objects,$(wildcard spool/*.c))
$(B)/daemon.a: $(call objects,$(filter-out %/main.c,$(wildcard daemon/*.c daemon/*/*.c)))
%.a:
	@mkdir -p $(@D) && rm -f $@ && $(if $^,ar rcs $@ $^,printf '!<arch>\n' >$@)

define program
$(B)/$(call program_name,$(1)): $(B)/daemon/$(1)/main.o $(ARCHIVES)
	@echo '  LD  $$@'
	@$$(CC) $$(SANFLAGS) $$(CFLAGS) -o $$@ $$< $(ARCHIVES) $$(LDHARDEN) $$(LIBS)
endef
$(foreach p,$(PROGRAM_DIRS),$(eval $(call program,$(p))))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC  $<'
	@$(CC) $(ALLCFLAGS) -MMD -MP -c -o $@ $<
$(B)/rules/calendar.o: rules/data/holidays-cn.tsv
$(B)/spool/migrations.o: $(wildcard spool/schema/*.sql)
$(B)/daemon/yifen/init.o: daemon/yifen/template.conf

$(B)/tests/unit/%: tests/unit/%.c $(ARCHIVES)
	@mkdir -p $(@D)
	@echo '  LD  $@'
	@$(CC) $(ALLCFLAGS) -MMD -MP -o $@ $< $(ARCHIVES) $(LDHARDEN) $(LIBS)

.PHONY: unit
unit: $(PROGRAMS) $(UNIT)
	@prove -j2 -e '' $(UNIT)

# Whole programs against real servers. The shim is never sanitized: it is preloaded into programs that may be.
FLOW := $(wildcard tests/flow/*_test.py)
build/tests/shim.so: tests/shim.c
	@mkdir -p $(@D)
	@echo '  LD  $@'
	@$(CC) -std=gnu17 -D_GNU_SOURCE $(WARN) -O2 -g -shared -fPIC -o $@ $<

.PHONY: flow crash demo
flow: $(PROGRAMS) build/tests/shim.so
	@BUILD=$(B) prove -j2 -e /usr/bin/python3 $(FLOW)
crash: $(PROGRAMS) build/tests/shim.so
	@BUILD=$(B) /usr/bin/python3 tests/crash/sweep.py
demo: $(PROGRAMS) build/tests/shim.so
	@BUILD=$(B) /usr/bin/python3 tests/demo/demo.py

.PHONY: states
states: $(B)/tests/unit/test_life
	@mkdir -p docs
	$< --print > docs/states.md

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
