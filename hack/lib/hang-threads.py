#!/usr/bin/env python3
"""hang-threads.py PID NAME: stops those threads of a process whose names begin with NAME, until it is ended itself.

The others go on: a process that lives, answers and does nothing. By ptrace, whose stops end with the tracer.
"""
import ctypes
import os
import signal
import sys

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, thread):
    if libc.ptrace(request, thread, None, None) != 0:
        code = ctypes.get_errno()
        sys.exit(f"thread {thread}: {os.strerror(code)}")


def main():
    process, name = sys.argv[1:]
    found = 0
    for thread in map(int, os.listdir(f"/proc/{process}/task")):
        with open(f"/proc/{process}/task/{thread}/comm", encoding="ascii") as comm:
            if not comm.read().startswith(name):
                continue
        ptrace(PTRACE_SEIZE, thread)
        ptrace(PTRACE_INTERRUPT, thread)
        found += 1
    if not found:
        sys.exit(f"process {process} has no thread {name}")
    signal.pause()


main()
