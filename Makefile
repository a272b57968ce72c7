# What each target does is told in CONTRIBUTING.md; the work is in scripts/.
FUZZ_S ?= 30
RID ?= linux-x64
export RID

.PHONY: help setup check aot size netns test demo fuzz bench clean

help:
	@echo 'make demo    the main job on a lab of network namespaces, told step by step (root)'
	@echo 'make test    everything: setup, check, aot, size, netns (root)'
	@echo 'make check   format, build with warnings as errors, unit tests (no root)'
	@echo 'make netns   tests that need the kernel, and the scenarios (root)'
	@echo 'make aot     build/dwirm and build/dwirm-device, NativeAOT'
	@echo 'make size    size, memory, start and thread budgets of the published binary (root)'
	@echo 'make fuzz    seeded fuzzing of every parser for FUZZ_S=$(FUZZ_S) seconds'
	@echo 'make bench   what enforcement and decisions cost, against firewall4 alone and a linear chain (root)'
	@echo 'make setup   Debian and NuGet packages'
	@echo 'make clean   removes build/'

setup:
	@scripts/setup

check: setup
	@scripts/check

aot: setup
	@scripts/aot

size: aot
	@scripts/size

netns: aot
	@dotnet build Dwirm.Router.sln --no-restore -v q -nologo
	@scripts/netns

test:
	@scripts/test

demo: aot
	@scripts/demo

fuzz: setup
	@dotnet run --project tests/Dwirm.Fuzz -c Release -v q -- --seconds $(FUZZ_S)

bench: aot
	@scripts/bench

clean:
	@rm -rf build
