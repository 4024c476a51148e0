# shellcheck shell=bash
# From a Service's object to its address, with 100,000 of them in ten pools.
program=$(bench_program toono-bench) && "$program" allocate
