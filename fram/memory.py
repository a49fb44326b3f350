"""How this process gets its memory from the system, and gives it back."""

import ctypes
import platform

ARENAS = 2
LARGE_BYTES = 512 * 1024  # a buffer of the search engine is twice as large

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # as in glibc's malloc.h


def tune_malloc() -> None:
    """Have threads share few arenas, and large blocks given back when freed. Does nothing where there is no glibc.

    By itself glibc gives each thread an arena of its own, up to eight a core, and what is freed in one is of no use to
    another; and it keeps large blocks for itself once some were freed. So each rebuild of the index, which has new
    threads, would leave memory behind (docs/performance.md).
    """
    if platform.libc_ver()[0] == "glibc":
        malloc = ctypes.CDLL(None)
        malloc.mallopt(_M_ARENA_MAX, ARENAS)
        malloc.mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
