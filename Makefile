# Two commands do everything on a fresh Debian 12 with Swift 6.3: `make demo` and `make test`.

SWIFT ?= swift
BINARY = .build/release/zhengdian

# Tests of sockets, processes and deadlines: one at a time, after those that only compute.
TIMED = '^(AdaptersTests|GatewayTests|HTTPServiceTests|HTTPTransportTests|SandboxTests|SyncTests|zhengdianTests)\.'

.PHONY: demo test build lint format packages bench clean

demo: build
	$(BINARY) demo

test: packages
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip $(TIMED)
	$(SWIFT) test --skip-build --no-parallel --filter $(TIMED)

build: packages
	$(SWIFT) build --configuration release --product zhengdian

lint:
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests

packages:
	@deploy/install-packages

bench: build
	Benchmarks/run

clean:
	rm -rf .build
