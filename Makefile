# SPDX-License-Identifier: MIT
# The host's command, the guest's init, what they boot with, and their tests.
# GNU make. `make help` lists the targets; V=1 shows whole command lines.

VERSION := 0.1.0

O       ?= build
STATIC  ?= build/static
CFLAGS  ?= -O2 -g
MUSL_CC ?= musl-gcc
CLANG   ?= clang
STRIP   ?= strip
OBJCOPY ?= objcopy
INSTALL ?= install

prefix      ?= /usr/local
exec_prefix ?= $(prefix)
bindir      ?= $(exec_prefix)/bin
libdir      ?= $(exec_prefix)/lib
datadir     ?= $(prefix)/share
mandir      ?= $(datadir)/man
pkglibdir    = $(libdir)/vmconfig
completiondir ?= $(datadir)/bash-completion/completions

FUZZ_SECONDS ?= 20

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

HOST_SRC  := $(sort $(wildcard host/*.c shared/*.c))
GUEST_SRC := $(sort $(wildcard guest/*.c shared/*.c))
IMAGE_SRC := $(sort $(wildcard image/*.c))
UNIT_SRC  := $(sort $(wildcard tests/unit/test_*.c))
FUZZ_SRC  := $(sort $(wildcard tests/fuzz/fuzz_*.c))
# A machine in a machine takes longest: it goes first, beside all that is short.
NESTED    := tests/bats/30-boot-nested.bats
BATS      := $(NESTED) $(filter-out $(NESTED),$(sort $(wildcard tests/bats/*.bats)))
C_FILES   := $(sort $(wildcard host/*.[ch] guest/*.[ch] shared/*.[ch] image/*.[ch] tests/*.[ch] tests/*/*.[ch]))

# Errors by name, so that the new warnings of a newer compiler break nobody; WERROR=1 makes all errors.
STRICT_WARNINGS := shadow strict-prototypes missing-prototypes format=2 pointer-arith cast-qual \
	write-strings vla undef
ERRORS := shadow strict-prototypes missing-prototypes format pointer-arith cast-qual write-strings \
	vla undef implicit-function-declaration incompatible-pointer-types int-conversion \
	return-type
WARN := -Wall -Wextra $(STRICT_WARNINGS:%=-W%) $(ERRORS:%=-Werror=%) $(if $(WERROR),-Werror)

# _GNU_SOURCE is empty so that a file may define it again.
DEFS := -D_GNU_SOURCE= -DVMCONFIG_VERSION='"$(VERSION)"' -DVMCONFIG_LIBDIR='"$(pkglibdir)"'
BASE  = -std=gnu11 $(WARN) -Ishared $(DEFS) $(if $(COVERAGE),,-ffile-prefix-map=$(CURDIR)=.) \
	-fstack-protector-strong
DEP   = -MMD -MP -MT $@ -MF $(@:.o=).d

ifdef SANITIZE
HARDEN  := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
LDHARDEN = $(HARDEN)
else ifdef COVERAGE
HARDEN  := --coverage
LDHARDEN = --coverage
else
HARDEN  := -D_FORTIFY_SOURCE=2 -fPIE
LDHARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack
endif

# The host's command is one static file by default: it goes into any build pipeline, and it starts
# in a tenth of the time that a dynamic loader takes. LINK=dynamic takes the system's libraries.
LINK        ?= static
HOST_LIBS   := -lext2fs -lcom_err -lcjson -lmd
# What makes images is a program of its own, linked with the system's libraries: the command that
# execs it starts in a tenth of the time that loading them takes.
IMAGE_LIBS  := -larchive -lkmod -lzstd -lz -lnettle
NATIVE_LIBS := -lmount -lblkid -lcjson
STATIC_LIBS := -lmount -lblkid -luuid -lcjson

HOST_CFLAGS  = $(BASE) $(HARDEN) -D_FILE_OFFSET_BITS=64 $(CPPFLAGS) $(CFLAGS)
HOST_LDFLAGS = $(LDHARDEN) -Wl,--as-needed $(LDFLAGS)
MUSL_BASE    = $(BASE) -isystem $(STATIC)/include -isystem $(STATIC)/linux -g -fno-pie \
	-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
MUSL_CFLAGS  = $(MUSL_BASE) -O2
GUEST_CFLAGS = $(MUSL_BASE) -Os
# init and the libraries below it are compiled as one program: what only others would call goes. The
# objects hold ordinary code as well, which is linked where calls are wrapped.
LTO         ?= -flto -flto-partition=one
LTO_OBJECT   = $(if $(LTO),-flto -ffat-lto-objects)
GUEST_LDFLAGS = -static -no-pie -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack -L$(STATIC)/lib

HOST_OBJ   := $(HOST_SRC:%.c=$(O)/obj/host/%.o)
# The static command. The objects above are what tests and sanitizers link.
MUSL_OBJ   := $(HOST_SRC:%.c=$(O)/obj/musl/%.o)
GUEST_OBJ  := $(GUEST_SRC:%.c=$(O)/obj/guest/%.o)
# The guest once more, by the host's compiler and libraries: for unit tests and sanitizers.
NATIVE_OBJ := $(GUEST_SRC:%.c=$(O)/obj/native/%.o)

IMAGE_OBJ  := $(IMAGE_SRC:%.c=$(O)/obj/%.o)

# Unit tests and fuzzers of the guest and of what makes images are told by their names.
UNIT         := $(UNIT_SRC:tests/unit/%.c=$(O)/tests/%)
UNIT_GUEST   := $(filter $(O)/tests/test_guest_%,$(UNIT))
UNIT_IMAGE   := $(filter $(O)/tests/test_rootfs% $(O)/tests/test_initrd%,$(UNIT))
UNIT_HOST    := $(filter-out $(UNIT_GUEST) $(UNIT_IMAGE),$(UNIT))
FUZZERS      := $(FUZZ_SRC:tests/fuzz/%.c=$(O)/tests/%)
FUZZERS_GUEST := $(filter $(O)/tests/fuzz_guest_%,$(FUZZERS))
FUZZERS_IMAGE := $(filter $(O)/tests/fuzz_rootfs% $(O)/tests/fuzz_initrd%,$(FUZZERS))
FUZZERS_HOST := $(filter-out $(FUZZERS_GUEST) $(FUZZERS_IMAGE),$(FUZZERS))
TEST_TOOLS   := $(if $(wildcard tests/probe.c),build/probe) $(if $(wildcard tests/fault.c),build/init-fault) \
	$(if $(wildcard tests/nsboot.c),$(O)/nsboot) \
	build/erofs/mkfs.erofs
TEST_MODULES := build/clocks/stamp
TEST_KERNEL  := build/kernel-generic/vmlinuz
TEST_LAYOUTS := $(foreach s,nginx redis postgres python,build/servers/$s/index.json)
TEST_IMAGES  := build/images/probe.img build/images/busybox.img build/images/systemd.img build/images/host.img

.PHONY: all check unit lint format asan coverage fuzz bench demo initrd kernel install uninstall clean help
.DELETE_ON_ERROR:

all: $(O)/vmconfig $(O)/vmconfig-image $(O)/init ## the host's commands and the guest's init (the default)

# --- the programs ---------------------------------------------------------------------------

ifeq ($(LINK)$(SANITIZE)$(COVERAGE),static)
$(O)/vmconfig: $(O)/obj/musl/vmconfig
	$(call say,STRIP,$@)
	$(Q)$(STRIP) -o $@ $<
else
$(O)/vmconfig: $(HOST_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_LDFLAGS) -o $@ $^ $(HOST_LIBS)
endif

$(O)/obj/musl/vmconfig: $(MUSL_OBJ)
	$(call say,LD,$@)
	$(Q)$(MUSL_CC) $(MUSL_CFLAGS) $(GUEST_LDFLAGS) -o $@ $^ $(HOST_LIBS)

$(O)/vmconfig-image: $(IMAGE_OBJ) $(O)/obj/host.a
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_LDFLAGS) -o $@ $^ $(IMAGE_LIBS) $(HOST_LIBS)

$(O)/obj/image/%.o: image/%.c Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -Ihost $(DEP) -c -o $@ $<

$(O)/obj/musl/%.o: %.c Makefile $(STATIC)/stamp
	$(call say,MUSLCC,$<)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(MUSL_CFLAGS) $(DEP) -c -o $@ $<

# The counters of a build for coverage find their way out of every end of a PID 1.
COVERAGE_WRAPS := $(if $(COVERAGE),__gcov_dump open getenv reboot _exit syscall)
COVERAGE_OBJ   := $(if $(COVERAGE),$(O)/obj/coverage.o)

$(O)/obj/coverage.o: tests/coverage.c tests/coverage.h Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BASE) $(CFLAGS) -DCOVERAGE_DIRECTORY='"$(abspath $(O))"' -c -o $@ $<

ifdef COVERAGE
$(O)/init: $(NATIVE_OBJ) $(COVERAGE_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_LDFLAGS) $(COVERAGE_WRAPS:%=-Wl,--wrap=%) -o $@ $^ $(NATIVE_LIBS)
else ifdef SANITIZE
$(O)/init: $(NATIVE_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_LDFLAGS) -o $@ $^ $(NATIVE_LIBS)
else
$(O)/init: $(O)/obj/guest/init
	$(call say,STRIP,$@)
	$(Q)$(STRIP) -o $@ $<
endif

$(O)/obj/guest/init: $(GUEST_OBJ)
	$(call say,LD,$@)
	$(Q)$(MUSL_CC) $(GUEST_CFLAGS) $(LTO) $(GUEST_LDFLAGS) -o $@ $^ $(STATIC_LIBS)

# init with faults on purpose, for tests; the head of tests/fault.c says how.
FAULTS := $(shell sed -n 's/^WRAP.[^,]*, \([a-z0-9_]*\),.*/\1/p' tests/fault.c)

ifdef SANITIZE
# The host's C library has other names for some, of files that may be large.
LARGE_FILE := open openat fopen pread fcntl stat lstat fstat
FAULT_NAMES = $(foreach f,$(FAULTS),$f$(if $(filter $f,$(LARGE_FILE)),64))

$(O)/init-fault: $(NATIVE_OBJ) $(O)/obj/native/tests/fault.o
	$(call say,LD,$@)
	$(Q)$(OBJCOPY) $(foreach f,$(LARGE_FILE),--redefine-sym __wrap_$f=__wrap_$f64 \
		--redefine-sym __real_$f=__real_$f64) $(O)/obj/native/tests/fault.o $(O)/obj/native/fault.o
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_LDFLAGS) $(FAULT_NAMES:%=-Wl,--wrap=%) -o $@ $(NATIVE_OBJ) \
		$(O)/obj/native/fault.o $(NATIVE_LIBS)
else
$(O)/init-fault: $(GUEST_OBJ) $(O)/obj/guest/tests/fault.o
	$(call say,LD,$@)
	$(Q)$(MUSL_CC) $(GUEST_CFLAGS) -fno-lto $(GUEST_LDFLAGS) $(FAULTS:%=-Wl,--wrap=%) -s -o $@ $^ $(STATIC_LIBS)
endif

$(O)/obj/host/%.o: %.c Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(DEP) -c -o $@ $<

$(O)/obj/guest/%.o: %.c Makefile $(STATIC)/stamp
	$(call say,MUSLCC,$<)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(GUEST_CFLAGS) $(LTO_OBJECT) $(DEP) -c -o $@ $<

$(O)/obj/native/%.o: %.c Makefile
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(DEP) -c -o $@ $<

# One version of the compiler cannot read what another has put into objects to be compiled with all
# the rest.
COMPILER_STAMP := $(STATIC)/compiler-$(shell $(MUSL_CC) -dumpfullversion 2>/dev/null)

$(COMPILER_STAMP):
	@mkdir -p $(@D)
	@rm -f $(STATIC)/compiler-*
	@: >$@

$(STATIC)/stamp: scripts/static-libs $(COMPILER_STAMP)
	$(call say,BUILD,$(STATIC))
	$(Q)MUSL_CC=$(MUSL_CC) scripts/static-libs $(STATIC)

# Where the programs look for each other is compiled in. The stamp has it in its name, so that
# `make install` with another prefix than `make` builds anew what it concerns.
LIBDIR_STAMP := $(O)/obj/libdir$(subst /,-,$(pkglibdir))
LIBDIR_SRC   := $(shell grep -l VMCONFIG_LIBDIR $(HOST_SRC) $(IMAGE_SRC))

$(LIBDIR_SRC:%.c=$(O)/obj/host/%.o) $(LIBDIR_SRC:%.c=$(O)/obj/musl/%.o) \
$(LIBDIR_SRC:%.c=$(O)/obj/%.o): $(LIBDIR_STAMP)

$(LIBDIR_STAMP):
	@mkdir -p $(@D)
	@rm -f $(O)/obj/libdir-*
	@: >$@

# --- what they boot with ------------------------------------------------------------------------

kernel: build/kernel/vmlinuz ## Debian's cloud kernel and its modules, unpacked into build/kernel
initrd: $(O)/initrd.cpio ## init and the kernel's modules as build/initrd.cpio

build/kernel/vmlinuz: scripts/fetch-kernel
	$(call say,FETCH,$@)
	$(Q)scripts/fetch-kernel build/kernel

# For what a kernel for clouds has no driver for.
$(TEST_KERNEL): scripts/fetch-kernel
	$(call say,FETCH,$@)
	$(Q)scripts/fetch-kernel $(@D) "$$(dpkg --print-architecture)"

build/kernel-headers/stamp: scripts/fetch-kernel-headers build/kernel/vmlinuz
	$(call say,FETCH,$(@D))
	$(Q)scripts/fetch-kernel-headers build/kernel $(@D)

build/erofs/mkfs.erofs: scripts/fetch-erofs-utils
	$(call say,FETCH,$@)
	$(Q)scripts/fetch-erofs-utils build/erofs

$(O)/initrd.cpio: $(O)/init build/kernel/vmlinuz $(O)/vmconfig-image
	$(call say,INITRD,$@)
	$(Q)$(O)/vmconfig-image initrd --init $(O)/init --modules build/kernel -o $@

build/images/%.img: image/test-image build/probe | $(O)/vmconfig $(O)/vmconfig-image
	$(call say,IMAGE,$@)
	$(Q)VMCONFIG=$(O)/vmconfig image/test-image $* $@

build/images/systemd.img: image/systemd-root
	$(call say,IMAGE,$@)
	$(Q)image/systemd-root $@

# A host for runner packages, as a virtual machine itself.
build/images/host.img: image/systemd-root
	$(call say,IMAGE,$@)
	$(Q)image/systemd-root $@ systemd-container qemu-system-x86 iproute2 iputils-ping kmod procps socat

build/servers/%/index.json: image/server-layout
	$(call say,IMAGE,$(@D))
	$(Q)image/server-layout $* build/servers

demo: all initrd build/servers/nginx/index.json ## boot a real nginx and fetch a page from it
	$(Q)scripts/run-demo build/servers

# --- tests --------------------------------------------------------------------------------------

check: all initrd unit-tests $(TEST_TOOLS) $(TEST_MODULES) $(TEST_KERNEL) $(TEST_IMAGES) $(TEST_LAYOUTS) ## all tests: unit, command line, namespaces, boots
	$(Q)scripts/run-tests $(UNIT) $(BATS)

unit: unit-tests ## the unit tests alone
	$(Q)scripts/run-tests $(UNIT)

.PHONY: unit-tests fuzzers
unit-tests: $(UNIT)
	@:
fuzzers: $(FUZZERS)
	@:

# Archives, so that a test links only the files it uses.
$(O)/obj/host.a: $(filter-out %/host/main.o,$(HOST_OBJ))
$(O)/obj/native.a: $(filter-out %/guest/main.o,$(NATIVE_OBJ))
$(O)/obj/image.a: $(filter-out %/image/main.o,$(IMAGE_OBJ))
$(O)/obj/%.a:
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

TEST_CFLAGS = $(HOST_CFLAGS) -Itests $(DEP)

$(UNIT_HOST): $(O)/tests/%: tests/unit/%.c $(O)/obj/host.a Makefile
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -Ihost $(HOST_LDFLAGS) -o $@ $< $(O)/obj/host.a -lcmocka $(HOST_LIBS)

$(UNIT_IMAGE): $(O)/tests/%: tests/unit/%.c $(O)/obj/image.a $(O)/obj/host.a Makefile
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -Ihost -Iimage $(HOST_LDFLAGS) -o $@ $< $(filter %.a,$^) \
		-lcmocka $(IMAGE_LIBS) $(HOST_LIBS)

# This one lets every allocation fail once.
$(O)/tests/test_out_of_memory: private HOST_LDFLAGS += \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=vasprintf
# And here the interfaces change as often as they are looked at.
$(O)/tests/test_guest_network: private HOST_LDFLAGS += -Wl,--wrap=nics_read

# This one has a clock of its own, and devices below its directory.
$(O)/tests/test_guest_clock_step: private HOST_LDFLAGS += \
	-Wl,--wrap=clock_gettime,--wrap=clock_settime,--wrap=ioctl,--wrap=open64,--wrap=opendir

$(UNIT_GUEST): $(O)/tests/%: tests/unit/%.c $(O)/obj/native.a $(COVERAGE_OBJ) Makefile
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -Iguest $(HOST_LDFLAGS) $(COVERAGE_WRAPS:%=-Wl,--wrap=%) -o $@ $< \
		$(COVERAGE_OBJ) $(O)/obj/native.a -lcmocka $(NATIVE_LIBS)

FUZZ_LDFLAGS = -fsanitize=fuzzer,address,undefined

$(FUZZERS_HOST): $(O)/tests/%: tests/fuzz/%.c $(O)/obj/host.a Makefile
	$(call say,FUZZER,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -Ihost $(FUZZ_LDFLAGS) -o $@ $< $(O)/obj/host.a $(HOST_LIBS)

$(FUZZERS_IMAGE): $(O)/tests/%: tests/fuzz/%.c $(O)/obj/image.a $(O)/obj/host.a Makefile
	$(call say,FUZZER,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -Ihost -Iimage $(FUZZ_LDFLAGS) -o $@ $< $(filter %.a,$^) \
		$(IMAGE_LIBS) $(HOST_LIBS)

$(FUZZERS_GUEST): $(O)/tests/%: tests/fuzz/%.c $(O)/obj/native.a Makefile
	$(call say,FUZZER,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -Iguest $(FUZZ_LDFLAGS) -o $@ $< $(O)/obj/native.a $(NATIVE_LIBS)

build/probe: $(wildcard tests/probe*.[ch]) Makefile $(STATIC)/stamp
	$(call say,MUSLCC,$@)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(GUEST_CFLAGS) $(GUEST_LDFLAGS) -s -o $@ $(filter %.c,$^)

# The kernel's modules, and clocks of the tests' own: `vmconfig initrd --modules build/clocks`.
build/clocks/stamp: tests/kernel/test_clocks.c scripts/kernel-module build/kernel-headers/stamp
	$(call say,MODULE,$(@D))
	$(Q)scripts/kernel-module $< build/kernel build/kernel-headers $(@D)

build/bare_init: tests/bare_init.c Makefile $(STATIC)/stamp
	$(call say,MUSLCC,$@)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(GUEST_CFLAGS) $(DEP) $(GUEST_LDFLAGS) -s -o $@ $<

$(O)/nsboot: $(wildcard tests/nsboot*.[ch]) $(O)/obj/host.a Makefile
	$(call say,CC,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_LDFLAGS) -o $@ $(filter %.c %.a,$^) $(HOST_LIBS)

$(O)/stopwatch: tests/stopwatch.c Makefile
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(DEP) $(HOST_LDFLAGS) -o $@ $<

# The tests of the command and of namespaces, by their numbers; a boot would only be slower.
# An init that crashes on purpose is of no use there, and work is counted by valgrind, which cannot run
# them. Of the calls that fail it is some: a boot takes ten times as long.
ASAN_BATS := $(filter-out %-fault.bats %-work.bats,$(filter tests/bats/0% tests/bats/1%,$(BATS)))
ASAN_FAULTS := FAULT_INIT=$(CURDIR)/build/asan/init-fault FAULT_STEP=11 FAULT_STRIDE=101

asan: all initrd $(TEST_TOOLS) ## what needs no VM, under the address and undefined behaviour sanitizers
	+$(Q)$(MAKE) --no-print-directory O=build/asan SANITIZE=address,undefined CFLAGS='-O1 -g' \
		all unit-tests build/asan/init-fault
	$(Q)VMCONFIG=$(CURDIR)/build/asan/vmconfig GUEST_INIT=$(CURDIR)/build/asan/init $(ASAN_FAULTS) \
		scripts/run-tests $(UNIT_SRC:tests/unit/%.c=build/asan/tests/%) $(ASAN_BATS)

# The tests of `make asan`. Counters are for every user to write, as some tests run as others do.
coverage: all initrd $(TEST_TOOLS) ## lines of guest/, shared/ and host/ that the tests without a VM run, file by file
	+$(Q)$(MAKE) --no-print-directory O=build/coverage COVERAGE=1 CFLAGS='-O0 -g' all unit-tests
	$(Q)find build/coverage -name '*.gcno' | while read -r notes; do \
		: >"$${notes%.gcno}.gcda" && chmod 666 "$${notes%.gcno}.gcda"; done
	$(Q)GCOV_ERROR_FILE=/dev/null VMCONFIG=$(CURDIR)/build/coverage/vmconfig GUEST_INIT=$(CURDIR)/build/coverage/init \
		NSBOOT_COVERAGE=$(CURDIR)/build/coverage \
		scripts/run-tests $(UNIT_SRC:tests/unit/%.c=build/coverage/tests/%) \
		$(filter-out %-fault-calls.bats,$(ASAN_BATS))
	$(Q)scripts/coverage build/coverage

fuzz: ## each fuzzer for FUZZ_SECONDS
	+$(Q)$(MAKE) --no-print-directory O=build/fuzz CC=$(CLANG) CFLAGS='-O1 -g -w' \
		WERROR= SANITIZE=fuzzer-no-link,address,undefined fuzzers
	$(Q)FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz $(FUZZ_SRC:tests/fuzz/%.c=build/fuzz/tests/%)

bench: all initrd $(O)/stopwatch build/bare_init build/images/busybox.img build/erofs/mkfs.erofs ## the budgets, as ratios measured in one run
	$(Q)scripts/bench

lint: ## formatting, static analysis, shell scripts, licence lines
	$(Q)scripts/lint -std=gnu11 -Ishared -Ihost -Iguest -Iimage -Itests $(DEFS)

format: ## rewrite the C files as .clang-format says
	$(Q)clang-format -i $(C_FILES)

# --- installing ---------------------------------------------------------------------------------

# A kernel and an initrd belong to the machine that boots: make initrd, or bring your own.
MAN := $(wildcard man/*.[158])

install: all ## programs, manual pages, completion: to DESTDIR, prefix, bindir, libdir, mandir
	$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(pkglibdir)
	$(INSTALL) -m 755 $(O)/vmconfig $(DESTDIR)$(bindir)/vmconfig
	$(INSTALL) -m 755 $(O)/vmconfig-image $(DESTDIR)$(pkglibdir)/vmconfig-image
	$(INSTALL) -m 755 $(O)/init $(DESTDIR)$(pkglibdir)/init
	$(foreach m,$(MAN),$(INSTALL) -D -m 644 $(m) $(DESTDIR)$(mandir)/man$(patsubst .%,%,$(suffix $(m)))/$(notdir $(m))$(newline))
	$(if $(wildcard completion/vmconfig.bash),$(INSTALL) -D -m 644 completion/vmconfig.bash \
		$(DESTDIR)$(completiondir)/vmconfig)

uninstall: ## what install put there
	rm -f $(DESTDIR)$(bindir)/vmconfig $(DESTDIR)$(pkglibdir)/vmconfig-image \
		$(DESTDIR)$(pkglibdir)/init $(DESTDIR)$(completiondir)/vmconfig
	rm -f $(foreach m,$(MAN),$(DESTDIR)$(mandir)/man$(patsubst .%,%,$(suffix $(m)))/$(notdir $(m)))
	-rmdir $(DESTDIR)$(pkglibdir)

define newline


endef

clean: ## all that was built, but not what was fetched
	rm -rf $(O)/obj $(O)/tests $(O)/asan $(O)/coverage $(O)/fuzz build/images build/clocks \
		$(O)/vmconfig $(O)/vmconfig-image $(O)/init $(O)/init-fault \
		$(O)/initrd.cpio $(O)/nsboot $(O)/stopwatch $(O)/stopwatch.d build/probe \
		build/bare_init build/bare_init.d

distclean: ## everything
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | expand -t 12

-include $(HOST_OBJ:.o=.d) $(MUSL_OBJ:.o=.d) $(GUEST_OBJ:.o=.d) $(NATIVE_OBJ:.o=.d) \
	$(IMAGE_OBJ:.o=.d) $(UNIT:=.d) $(FUZZERS:=.d) \
	build/bare_init.d $(O)/stopwatch.d
