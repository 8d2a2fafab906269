# Each target is a command one could type. `go run ./cmd/deguchi serve` and
# `go test ./...` need nothing but Go.
CONFIG ?=
LINT = go tool -modfile=tools/lint/go.mod golangci-lint

.DEFAULT_GOAL = help
.PHONY: help run test lint generate bench cover release

help: ## this list
	@sed -n 's/^\([a-z]*\):\( ## \(.*\)\)\{0,1\}$$/make \1: \3/p' Makefile

run: ## the proxy, on the default configuration or CONFIG=deguchi.yaml
	go run ./cmd/deguchi serve $(if $(CONFIG),-c $(CONFIG))

test: ## everything that a machine without network can test
	go test ./...

lint: ## what CI checks beside the tests
	gofmt -l cmd internal tools
	go vet ./...
	$(LINT) run ./...

generate: ## the embedded tables; needs the network
	go generate ./...

bench: ## beside Squid, HAProxy and tinyproxy, and how the cost grows
	bench/run.sh
	bench/growth.sh

cover: ## the tests, and how much of the code they reach
	go test -coverprofile dist/cover.out ./...
	go tool cover -func dist/cover.out | tail -n 1

release: ## binaries, packages, image, SBOMs and checksums in dist: the same bytes each time
	go run ./tools/release -out dist
