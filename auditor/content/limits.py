"""The memory that a worker may take, set with the system: beyond it, its file is lost and told.

Readers keep to budgets of their own (`source`); this is for the file that makes one of them, or a
library, forget it. Linux refuses more by RLIMIT_DATA, Windows by a job object around the worker.
macOS enforces neither, so there a thread of the worker looks, and ends it.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from time import sleep

MEMORY = 700_000_000
"""Bytes of its own that a worker may ask for; what it has in use at a time is far below."""
OUT_OF_MEMORY = 77
"""Exit code of a worker that ended itself for having taken too much."""
OFTEN = 0.2
"""Seconds between two looks."""
M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 262_144
"""glibc's parameter, and the bytes from which a block is large."""


def limit_memory(most: int = MEMORY) -> None:
    """Limits the memory of this process from now on; without rights, and not to be undone.

    Where the system refuses, the process goes on without.

    Args:
        most: Bytes.
    """
    if sys.platform == "win32":
        _job(most)
    elif sys.platform == "darwin":
        threading.Thread(target=_watched, args=(most,), daemon=True).start()
    else:
        import resource

        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def give_back_memory() -> None:
    """Makes the C library return each large block to the system, for half the memory and some time.

    glibc else keeps ever larger ones (M_MMAP_THRESHOLD in its manual); others know no such call.
    """
    if sys.platform == "linux":
        import ctypes

        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def _watched(most: int) -> None:
    """Ends the process once it has taken more."""
    if sys.platform == "win32":
        return
    import resource

    unit = 1 if sys.platform == "darwin" else 1_024
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit <= most:
        sleep(OFTEN)
    os._exit(OUT_OF_MEMORY)


def _job(most: int) -> bool:
    """Puts this process into a job whose processes may have so much memory each."""
    if sys.platform != "win32":
        return False
    import ctypes
    from ctypes import wintypes

    class Limits(ctypes.Structure):
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION; what is not set is zero, which is no limit."""

        _fields_ = (
            ("times", ctypes.c_int64 * 2),
            ("flags", wintypes.DWORD),
            ("working_set", ctypes.c_size_t * 2),
            ("processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("classes", wintypes.DWORD * 2),
            ("io", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peaks", ctypes.c_size_t * 2),
        )

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.SetInformationJobObject.argtypes = (
        wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD,
    )  # fmt: skip
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    job = kernel.CreateJobObjectW(None, None)
    limits = Limits(flags=0x100, process_memory=most)  # JOB_OBJECT_LIMIT_PROCESS_MEMORY
    if not job or not kernel.SetInformationJobObject(
        job, 9, ctypes.byref(limits), ctypes.sizeof(limits)
    ):
        return False
    return bool(kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess()))
