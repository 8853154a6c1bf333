# Commands for developers. Each installs missing tools and calls the build driver, xtask/, once.
SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
.PHONY: help run build test check bench chaos fuzz

# Installs the named parts of the toolchain if they are missing, and adds them to the environment of the recipe.
with = scripts/toolchain $(1) && . scripts/env &&

help: ## Show these lines
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: ## From nothing to a server with people in it; prints the URL and how to sign in
	@$(call with,rust node postgres) cargo xtask run

build: ## The release: target/release/rollcall, and target/site with what browsers load
	@$(call with,rust node) cargo xtask build --release

test: ## Every test, from nothing; ends with one line that counts them
	@$(call with,all) cargo xtask test

check: ## Format, lints, walls, licences, unused dependencies, recorded queries
	@$(call with,rust postgres) cargo xtask check

bench: ## The benchmarks, printed as a table
	@$(call with,rust node postgres) cargo xtask bench

fuzz: ## Ten minutes of requests made from the description of the API; nothing may answer 5xx or what is not described
	@$(call with,all) cargo xtask fuzz

chaos: ## A minute of work while servers and database are killed; says what is broken afterwards
	@$(call with,rust node postgres) cargo xtask chaos
