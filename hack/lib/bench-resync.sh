# shellcheck shell=bash
# What a new controller does with 100,000 Services that have their addresses, the API's answers aside.
need_build_packages
program=$(bench_program toono-bench-controller) && "$program"
