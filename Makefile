# The commands a person types. Each installs what it lacks and is one call of the build driver, xtask/.
SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
.PHONY: help run test check bench

# Installs the toolchain if it is not there, and makes this shell use it.
ENV := scripts/toolchain && eval "$$(scripts/toolchain env)" &&

help: ## Show these lines
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: ## From nothing to a server with people in it; prints the URL and how to sign in
	@$(ENV) cargo xtask run

test: ## Every test, from nothing; ends with one line that counts them
	@$(ENV) cargo xtask test

check: ## Format, lints, walls, licences, unused dependencies, recorded queries
	@$(ENV) cargo xtask check

bench: ## The benchmarks, printed as a table
	@$(ENV) cargo xtask bench
