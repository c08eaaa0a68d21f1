# The verbs of daily work. `make run` and `make test` need nothing but Rust by
# rustup and a C compiler: they install what else is missing, and say so.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

DATA ?= data
ARGS ?=

.PHONY: help run demo dev build test fmt bench setup

help: ## lists these verbs
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | column -t -s '|'

run: build ## starts Stoa on embedded defaults; its data in DATA (./data)
	@source scripts/env.sh && exec "$$stoa" serve --data "$(DATA)" $(ARGS)

# A folder for each size; one that wasn't made to its end is made anew.
demo_data = demo-data$(if $(SIZE),-$(SIZE))
demo: build ## starts Stoa with a sample company, in ./demo-data; SIZE=enterprise: with 150,000 people
	@source scripts/env.sh && { [ -e "$(demo_data)" ] || { rm -rf "$(demo_data).part" && \
		"$$stoa" demo --data "$(demo_data).part" $(if $(SIZE),--size "$(SIZE)") && mv "$(demo_data).part" "$(demo_data)"; }; } && \
		exec "$$stoa" serve --data "$(demo_data)" $(ARGS)

dev: setup ## starts Stoa, rebuilds and reloads on each change; its data in ./data
	@source scripts/env.sh && choose_rust && \
		exec cargo leptos watch -p stoa --lib-features chat,console -- serve --data "$(DATA)" $(ARGS)

build: setup ## builds the one binary, target/release/stoa
	@scripts/build.sh

test: ## runs every check and every test
	@scripts/setup.sh test
	@scripts/test.sh

bench: build ## measures a fresh server against the limit
	@scripts/bench.sh $(ARGS)

fmt: setup ## formats the code
	@source scripts/env.sh && choose_rust && cargo fmt --all

setup:
	@scripts/setup.sh run
