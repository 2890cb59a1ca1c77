# What is built besides the programs: the embeddable library, man pages, completions, the package;
# and where all of it goes. Part of the Makefile.

.PHONY: library man completions install uninstall deb

LIBDIR ?= $(PREFIX)/lib

# libnaccsmock: of all objects, those that it needs, compiled once more to stand at any address. Only
# naccsmock_* is seen from outside, of the static library too.
SONAME := libnaccsmock.so.0
LIBRARIES := $(BUILD)/$(SONAME) $(BUILD)/libnaccsmock.a
LIBRARY_LIBS := -lev -ljansson -lldns -lm
PIC_OBJECTS := $(patsubst $(BUILD)/%,$(BUILD)/pic/%,$(WIRE_OBJECTS) $(MOCKSERVER_OBJECTS))
PIC_ROOTS := $(filter %/naccsmock.o %/naccsmock_settings.o,$(PIC_OBJECTS))

library: $(LIBRARIES)

$(BUILD)/pic/%.o: %.c $(BUILD)/flags
	$(say) CC '$< (library)'
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -fPIC -MMD -MP -c -o $@ $<

$(BUILD)/pic/parts.a: $(PIC_OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/$(SONAME): $(PIC_ROOTS) $(BUILD)/pic/parts.a packaging/naccsmock.map
	$(say) LINK $@
	$(Q)$(LINK) -shared -Wl,-soname,$(SONAME) -Wl,--version-script,packaging/naccsmock.map \
	    $(if $(SANITIZE),,-Wl,-z,defs) -o $@ $(PIC_ROOTS) $(BUILD)/pic/parts.a $(LIBRARY_LIBS)

$(BUILD)/libnaccsmock.a: $(PIC_ROOTS) $(BUILD)/pic/parts.a
	$(say) AR $@
	$(Q)$(CC) -r -nostdlib -o $(BUILD)/pic/naccsmock.o $^
	$(Q)objcopy --wildcard --keep-global-symbol='naccsmock_*' $(BUILD)/pic/naccsmock.o
	$(Q)rm -f $@ && ar rcs $@ $(BUILD)/pic/naccsmock.o

# Man pages, by scdoc; where that is missing, they are left out of an installation, and of it alone.
SCDOC := $(shell command -v scdoc)
MAN := $(patsubst docs/man/%.scd,$(BUILD)/man/%,$(wildcard docs/man/*.scd))

man: $(MAN)

$(BUILD)/man/%: docs/man/%.scd packaging/man-tidy.awk Makefile
	$(say) MAN $@
	$(Q)mkdir -p $(@D)
	$(Q)sed 's/@VERSION@/$(VERSION)/' $< | scdoc | awk -f packaging/man-tidy.awk > $@

# Completions are made from the man pages: an option is described in one place.
COMPLETIONS := $(addprefix $(BUILD)/completion/,naccs.bash _naccs naccs-mockserver.fish \
                 naccs-client.fish naccs-harness.fish)

completions: $(COMPLETIONS)

$(BUILD)/completion/%: packaging/completion/make $(wildcard packaging/completion/*.in docs/man/*.1.scd)
	$(say) SHELL $@
	$(Q)mkdir -p $(@D)
	$(Q)packaging/completion/make $(@F) > $@

# The suite goes along: naccs-harness finds it there.
PLACES = PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' DESTDIR='$(DESTDIR)'
install: all library completions $(if $(SCDOC),man)
	$(say) INSTALL '$(DESTDIR)$(PREFIX)'
	$(if $(SCDOC),,@echo 'no scdoc here: the man pages are left out' >&2)
	$(Q)$(PLACES) packaging/install '$(BUILD)'

uninstall:
	$(say) REMOVE '$(DESTDIR)$(PREFIX)'
	$(Q)$(PLACES) packaging/install '$(BUILD)' --remove

# Debian packages, in build/deb.
deb:
	$(Q)packaging/make-deb '$(BUILD)'
