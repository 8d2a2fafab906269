# Each target is a command one could type. `go run ./cmd/deguchi serve` and
# `go test ./...` need nothing but Go.
CONFIG ?=
LINT = go tool -modfile=tools/lint/go.mod golangci-lint
LDFLAGS = -s -w

.PHONY: run test lint generate bench cover release man

run: ## the proxy, on the default configuration or CONFIG=deguchi.yaml
	go run ./cmd/deguchi serve $(if $(CONFIG),-c $(CONFIG))

test:
	go test ./...

lint:
	gofmt -l cmd internal tools
	go vet ./...
	$(LINT) run ./...

generate: ## the embedded tables; needs the network
	go generate ./...

bench: ## beside Squid, HAProxy and tinyproxy, and how the cost grows
	bench/run.sh
	bench/growth.sh

cover:
	go test -coverprofile dist/cover.out ./...
	go tool cover -func dist/cover.out | tail -n 1

release: man ## static binaries and their checksums, the same bytes each time
	for p in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do \
		os=$${p%/*} arch=$${p#*/}; ext=; [ $$os = windows ] && ext=.exe; \
		GOOS=$$os GOARCH=$$arch CGO_ENABLED=0 go build -trimpath -buildvcs=true -ldflags '$(LDFLAGS)' \
			-o dist/deguchi-$$os-$$arch$$ext ./cmd/deguchi || exit 1; \
	done
	cd dist && sha256sum deguchi-* > SHA256SUMS

man:
	mkdir -p dist/man1
	go run ./cmd/deguchi man dist/man1
