# Two commands do everything on a fresh Debian 12 with Swift 6.3: `make demo` and `make test`.

SWIFT ?= swift
BINARY = .build/release/zhengdian

# Tests of sockets, processes and deadlines run after those that only compute, in two lanes of one at a time.
LANES = lane-pulling lane-serving
lane-pulling: TIMED = '^(AdaptersTests|HTTPTransportTests|SyncTests)\.'
lane-serving: TIMED = '^(GatewayTests|HTTPServiceTests|SandboxTests|zhengdianTests)\.'
TIMED = '^(AdaptersTests|GatewayTests|HTTPServiceTests|HTTPTransportTests|SandboxTests|SyncTests|zhengdianTests)\.'

.PHONY: demo test $(LANES) build lint format packages bench clean

demo: build
	$(BINARY) demo

test: packages
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip $(TIMED)
	$(MAKE) --jobs=2 --output-sync=target $(LANES)

$(LANES):
	$(SWIFT) test --skip-build --ignore-lock --no-parallel --filter $(TIMED)

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
