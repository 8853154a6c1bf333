# Commands for developers. Each installs missing tools and calls the build driver, xtask/, once.
SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
.PHONY: help run build test check bench chaos fuzz dialects

# Installs the named parts of the toolchain if they are missing, and adds them to the environment of the recipe.
with = scripts/toolchain $(1) && . scripts/env &&

help: ## Show this help
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: ## Build and start a server with demo users; prints the URL and how to sign in
	@$(call with,rust node postgres) scripts/driver run

build: ## Build the release: target/release/rollcall, and target/site with the browser files
	@$(call with,rust node) scripts/driver build --release

test: ## Run all tests; the last line counts them
	@$(call with,all) scripts/driver test

check: ## Check format, lints, wording, dependencies, licences and query metadata
	@$(call with,rust postgres) scripts/driver check

bench: ## Run the benchmarks and print a table
	@$(call with,rust node postgres) scripts/driver bench

fuzz: ## Test API and dialects for ten minutes with requests generated from the OpenAPI description and from recordings
	@$(call with,all) scripts/driver fuzz

chaos: ## Kill servers and database under load for a minute, then verify the data
	@$(call with,rust node postgres) scripts/driver chaos

dialects: ## Run the clients of other systems against the dialects of a server, and print a table
	@$(call with,rust node python postgres) scripts/driver dialects
