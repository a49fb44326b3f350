"""What glibc itself says of the memory it manages."""

import platform
import re
import subprocess
import sys

import pytest

from fram.memory import ARENAS

PROGRAM = """
import ctypes, threading
from fram.cli import main
if {tuned}:
    main(["graph", "--help"], standalone_mode=False)
together = threading.Barrier(16)
held = []
def take():
    together.wait()
    held.append([bytes(5000) for _ in range(2000)])
threads = [threading.Thread(target=take) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
large = bytearray(2**20)
del large  # by itself glibc keeps the next one for later
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
large = bytearray(2**20)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has other ways")
@pytest.mark.parametrize("tuned", [False, True])
def test_a_command_shares_arenas_and_gives_large_blocks_back(tuned: bool):
    program = [sys.executable, "-c", PROGRAM.format(tuned=tuned)]
    said = subprocess.run(program, capture_output=True, text=True, check=True, timeout=60).stdout
    assert (said.count("<heap nr=") <= 2 * ARENAS) is tuned  # told twice
    before, after = re.findall(r'<total type="mmap" count="(\d+)"', said)
    assert int(after) - int(before) == (1 if tuned else 0)
