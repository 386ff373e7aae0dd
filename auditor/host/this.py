"""The machine we stand on: psutil, small files, programs that only read, the Windows registry."""

from __future__ import annotations

import os
import platform as running
import stat
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from auditor.errors import AccessDenied, HostError, NotThere, TimedOut, ToolMissing
from auditor.evidence import Platform
from auditor.host import Host, Partition, Status, Usage
from auditor.host.folder_encryption import policy
from auditor.host.rights import descriptor_of, open_to_everybody
from auditor.host.sectors import Sectors, recognise

_PLATFORMS = {"win32": Platform.WINDOWS, "cygwin": Platform.WINDOWS, "darwin": Platform.MACOS}


def this_machine() -> Host:
    """The machine that runs this program."""
    return ThisMachine()


class ThisMachine:
    """Answers from the running system; see `Host` for what each question means."""

    @property
    def platform(self) -> Platform:
        """The family of the operating system; what is neither Windows nor macOS counts as Linux."""
        return _PLATFORMS.get(sys.platform, Platform.LINUX)

    @property
    def name(self) -> str:
        """The machine's own name."""
        return running.node()

    @property
    def os(self) -> str:
        """Operating system and version for people."""
        if sys.platform == "win32":
            return _windows_name(self)
        if sys.platform == "darwin":
            return f"macOS {running.mac_ver()[0]}"
        with suppress(OSError):
            return running.freedesktop_os_release().get("PRETTY_NAME", "Linux")
        return "Linux"

    @property
    def elevated(self) -> bool:
        """Whether we have administrator (root) rights."""
        if sys.platform == "win32":
            import ctypes

            return bool(ctypes.windll.shell32.IsUserAnAdmin())
        return os.geteuid() == 0

    def now(self) -> datetime:
        """The clock, with the local time zone."""
        return datetime.now().astimezone()  # noqa: TID251 - the one place that asks the clock

    def partitions(self) -> tuple[Partition, ...]:
        """Every mount, pseudo file systems included; on Windows every drive letter."""
        if sys.platform == "win32":
            return _windows_drives()
        try:
            found = psutil.disk_partitions(all=True)
        except OSError as e:
            raise _named(e, "the mount table") from e
        return tuple(
            Partition(
                device=p.device,
                mount=p.mountpoint,
                filesystem=p.fstype,
                options=tuple(p.opts.split(",")),
            )
            for p in found
        )

    def usage(self, mount: str) -> Usage:
        """Room on a file system, in bytes."""
        try:
            found = psutil.disk_usage(mount)
        except OSError as e:
            raise _named(e, mount) from e
        return Usage(size=found.total, free=found.free)

    def battery(self) -> bool | None:
        """Whether there is a battery; None when the system does not say."""
        try:
            return psutil.sensors_battery() is not None
        except (AttributeError, OSError, RuntimeError, NotImplementedError):
            return None

    def read(self, path: str, limit: int = 65_536) -> bytes:
        """Up to `limit` bytes of a small file; its access time is left alone where it can be."""
        try:
            with open(_quietly(path), "rb", buffering=0) as f:
                return f.read(limit) or b""
        except OSError as e:
            raise _named(e, path) from e

    def status(self, path: str) -> Status:
        """Times, size and permissions, links followed."""
        try:
            found = Path(path).stat()
            modified = datetime.fromtimestamp(found.st_mtime, UTC)
        except (OSError, OverflowError, ValueError) as e:
            raise _named(e if isinstance(e, OSError) else OSError(str(e)), path) from e
        return Status(
            modified=modified,
            size=found.st_size,
            folder=stat.S_ISDIR(found.st_mode),
            mode=None if sys.platform == "win32" else stat.S_IMODE(found.st_mode),
            owner=None if sys.platform == "win32" else found.st_uid,
        )

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a folder, sorted; its access time is left alone where it can be."""
        try:
            if sys.platform == "win32":
                return tuple(sorted(os.listdir(folder)))  # noqa: PTH208 - names, not paths
            handle = _quietly(folder, os.O_DIRECTORY)
            try:
                return tuple(sorted(os.listdir(handle)))  # noqa: PTH208
            finally:
                os.close(handle)
        except OSError as e:
            raise _named(e, folder) from e

    def resolve(self, path: str) -> str:
        """The path with every link followed."""
        try:
            return str(Path(path).resolve(strict=True))
        except (OSError, RuntimeError) as e:
            raise NotThere("there is no such path", where=path) from e

    def environment(self, variable: str) -> str:
        """An environment variable, such as SystemDrive."""
        try:
            return os.environ[variable]
        except KeyError as e:
            raise NotThere("the variable is not set", where=variable) from e

    def run(self, *command: str, timeout: float = 20.0, any_exit: bool = False) -> bytes:
        """Standard output of a program that only reads."""
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout,
                check=not any_exit,
                env={**os.environ, "LC_ALL": "C", "LANGUAGE": "C"},
            )
        except FileNotFoundError as e:
            raise ToolMissing("the program is not installed", where=command[0]) from e
        except PermissionError as e:
            raise AccessDenied("the program may not be run", where=command[0]) from e
        except subprocess.TimeoutExpired as e:
            raise TimedOut(f"no answer within {timeout:.0f} s", where=command[0]) from e
        except (subprocess.CalledProcessError, OSError) as e:
            raise HostError("the program failed", where=command[0]) from e
        return done.stdout

    def registry(self, key: str, value: str) -> str | int | bytes | tuple[str, ...]:
        r"""A value of the Windows registry, from the 64-bit view; `key` begins HKLM\ or HKCU\."""
        if sys.platform != "win32":
            raise NotThere("there is no registry on this system", where=key)
        return _registry(key, value)

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """The names of the keys below a registry key, from the 64-bit view, sorted."""
        return _registry_list(key)[0]

    def registry_names(self, key: str) -> tuple[str, ...]:
        """The names of the values of a registry key, from the 64-bit view, sorted."""
        return _registry_list(key)[1]

    def drive_type(self, root: str) -> int:
        r"""GetDriveTypeW of a Windows root such as `E:\`."""
        if sys.platform != "win32":
            raise NotThere("there are no drive letters on this system", where=root)
        import ctypes

        return int(ctypes.windll.kernel32.GetDriveTypeW(root))

    def volume_label(self, root: str) -> str:
        """The label of a Windows volume."""
        return _windows_volume(root)[0]

    def sectors(self, device: str) -> Sectors:
        """What the first sectors of a drive or image file say."""
        try:
            with Path(device).open("rb", buffering=0) as f:

                def read(offset: int, length: int) -> bytes:
                    f.seek(offset)
                    return f.read(length) or b""

                return recognise(read)
        except OSError as e:
            raise _named(e, device) from e

    def device_target(self, letter: str) -> str:
        """What a Windows drive letter leads to, by QueryDosDeviceW."""
        if sys.platform != "win32":
            raise NotThere("there are no drive letters on this system", where=letter)
        import ctypes

        target = ctypes.create_unicode_buffer(1024)
        if not ctypes.windll.kernel32.QueryDosDeviceW(letter, target, 1024):
            raise NotThere("the letter leads nowhere", where=letter)
        return target.value

    def changeable(self, folder: str) -> bool | None:
        """Whether ordinary accounts may change what others put into a folder of Windows."""
        return open_to_everybody(descriptor_of(folder))

    def folder_encryption(self, path: str) -> str:
        """The cipher of a folder, by the policy that the kernel tells."""
        return policy(path)

    def shortest_password(self) -> int:
        """Characters of the shortest password, by NetUserModalsGet at level 0."""
        if sys.platform != "win32":
            raise NotThere("there are no Windows accounts on this system", where="NetUserModalsGet")
        return _shortest_password()


def _quietly(path: str, flags: int = 0) -> int:
    """A descriptor for reading that never waits for a pipe, nor renews the access time of ours."""
    flags |= os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0)
    with suppress(PermissionError):
        return os.open(path, flags | getattr(os, "O_NOATIME", 0))
    return os.open(path, flags)


def _named(error: OSError, where: str) -> HostError:
    """The HostError for an OSError, without the path twice."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NotThere("there is no such file", where=where)
    if isinstance(error, PermissionError):
        return AccessDenied("the system refused", where=where)
    return HostError(error.strerror or type(error).__name__, where=where)


def _windows_name(host: ThisMachine) -> str:
    """ProductName still says Windows 10 on Windows 11, whose builds begin at 22000."""
    key = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    parts = []
    for value in ("ProductName", "DisplayVersion", "CurrentBuild"):
        with suppress(HostError):
            parts.append(str(host.registry(key, value)))
    build = parts[-1] if parts else ""
    if build.isdigit() and int(build) >= 22_000:
        parts[0] = parts[0].replace("Windows 10", "Windows 11")
    return " ".join(parts) or f"Windows {running.release()}"


def _windows_drives() -> tuple[Partition, ...]:
    """Every letter, also those that psutil leaves out because nothing lies in the drive."""
    if sys.platform != "win32":
        return ()
    import ctypes

    kinds = {2: "removable", 3: "fixed", 4: "remote", 5: "cdrom", 6: "ramdisk"}
    letters = int(ctypes.windll.kernel32.GetLogicalDrives())
    found = []
    for n in range(26):
        if letters & (1 << n):
            root = f"{chr(65 + n)}:\\"
            kind = kinds.get(int(ctypes.windll.kernel32.GetDriveTypeW(root)), "unknown")
            try:
                filesystem = _windows_volume(root)[1]
            except HostError:
                if kind in {"removable", "cdrom"}:
                    continue  # an empty card reader or disc drive
                filesystem = ""
            found.append(Partition(device=root, mount=root, filesystem=filesystem, options=(kind,)))
    return tuple(found)


def _windows_volume(root: str) -> tuple[str, str]:
    """Label and file system of a root, by GetVolumeInformationW; fails for an empty drive."""
    if sys.platform != "win32":
        raise NotThere("there are no drive letters on this system", where=root)
    import ctypes

    label, system = ctypes.create_unicode_buffer(261), ctypes.create_unicode_buffer(261)
    ok = ctypes.windll.kernel32.GetVolumeInformationW(
        root, label, 261, None, None, None, system, 261
    )
    if not ok:
        raise NotThere("there is no readable medium in the drive", where=root)
    return label.value, system.value


def _registry(key: str, value: str) -> str | int | bytes | tuple[str, ...]:
    if sys.platform != "win32":
        raise NotThere("there is no registry on this system", where=key)
    import winreg

    try:
        with _opened(key) as opened:
            found = winreg.QueryValueEx(opened, value)[0]
    except FileNotFoundError as e:
        raise NotThere("the registry has no such value", where=f"{key}\\{value}") from e
    except PermissionError as e:
        raise AccessDenied("the registry refused", where=f"{key}\\{value}") from e
    return tuple(found) if isinstance(found, list) else found if found is not None else ""


def _registry_list(key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the keys below a key, and of its values."""
    if sys.platform != "win32":
        raise NotThere("there is no registry on this system", where=key)
    import winreg

    try:
        with _opened(key) as opened:
            below, values, _ = winreg.QueryInfoKey(opened)
            keys = sorted(winreg.EnumKey(opened, n) for n in range(below))
            names = sorted(winreg.EnumValue(opened, n)[0] for n in range(values))
    except OSError as e:
        raise _named(e, key) from e
    return tuple(keys), tuple(names)


def _opened(key: str) -> Any:
    """A registry key of the 64-bit view, to be used in a `with`; raises OSError."""
    if sys.platform != "win32":
        raise NotThere("there is no registry on this system", where=key)
    import winreg

    hive, _, path = key.partition("\\")
    top = {
        "HKLM": winreg.HKEY_LOCAL_MACHINE,
        "HKCU": winreg.HKEY_CURRENT_USER,
        "HKU": winreg.HKEY_USERS,
    }[hive]
    return winreg.OpenKey(top, path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)


def _shortest_password() -> int:
    """First number of USER_MODALS_INFO_0 (Microsoft Learn, lmaccess.h)."""
    if sys.platform != "win32":
        raise NotThere("there are no Windows accounts on this system", where="NetUserModalsGet")
    import ctypes

    netapi = ctypes.WinDLL("netapi32")
    found = ctypes.c_void_p()
    status = netapi.NetUserModalsGet(None, 0, ctypes.byref(found))
    if status == 5:
        raise AccessDenied("the system refused", where="NetUserModalsGet")
    if status or not found.value:
        raise HostError(f"Windows answered with error {status}", where="NetUserModalsGet")
    try:
        return int(ctypes.cast(found, ctypes.POINTER(ctypes.c_uint32))[0])
    finally:
        netapi.NetApiBufferFree(found)
