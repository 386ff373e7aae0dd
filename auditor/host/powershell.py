"""One question to PowerShell for all that only Windows' own objects tell.

The script picks every property by name, casts enumerations to numbers and puts each part in its
own try, so that one refusal costs one part. It reads no recovery password: protectors are asked
for by their type only. What prints nothing is a PowerShell that is not there (a stub, or one that
a policy has closed), and counts as missing.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from auditor.errors import AccessDenied, HostError, NotThere, ToolMissing
from auditor.host import Host

SECONDS = 90.0
"""Starting PowerShell takes seconds on an old machine; this is for one that does not come back."""

DENIED = frozenset({"PermissionDenied", "SecurityError", "AuthenticationError"})

SCRIPT = r"""
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try { [Console]::OutputEncoding = [Text.UTF8Encoding]::new($false) } catch { }
$errors = @{}
$found = @{ mode = "$($ExecutionContext.SessionState.LanguageMode)"; errors = $errors }
$storage = 'root/Microsoft/Windows/Storage'
$locks = 'root/CIMV2/Security/MicrosoftVolumeEncryption'
try {
  $found.volumes = @(Get-CimInstance -ClassName Win32_Volume | ForEach-Object {
    @{
      DeviceID = $_.DeviceID
      DriveLetter = $_.DriveLetter
      Label = $_.Label
      FileSystem = $_.FileSystem
      Capacity = $_.Capacity
      DriveType = [int]$_.DriveType
      SystemVolume = $_.SystemVolume
    }
  })
} catch { $errors.volumes = "$($_.CategoryInfo.Category)" }
try {
  $found.disks = @(Get-CimInstance -Namespace $storage -ClassName MSFT_Disk | ForEach-Object {
    @{ Number = [int]$_.Number; FriendlyName = $_.FriendlyName; BusType = [int]$_.BusType }
  })
} catch { $errors.disks = "$($_.CategoryInfo.Category)" }
try {
  $parts = Get-CimInstance -Namespace $storage -ClassName MSFT_Partition
  $found.partitions = @($parts | ForEach-Object {
    @{ DiskNumber = [int]$_.DiskNumber; AccessPaths = @($_.AccessPaths); GptType = $_.GptType }
  })
} catch { $errors.partitions = "$($_.CategoryInfo.Category)" }
try {
  $volumes = Get-CimInstance -Namespace $locks -ClassName Win32_EncryptableVolume
  $found.bitlocker = @($volumes | ForEach-Object {
    $v = $_
    $one = @{ DeviceID = $v.DeviceID; DriveLetter = $v.DriveLetter }
    try {
      $a = Invoke-CimMethod -InputObject $v -MethodName GetProtectionStatus
      if ($a.ReturnValue -eq 0) { $one.Protection = [int]$a.ProtectionStatus }
    } catch { }
    try {
      $a = Invoke-CimMethod -InputObject $v -MethodName GetLockStatus
      if ($a.ReturnValue -eq 0) { $one.Lock = [int]$a.LockStatus }
    } catch { }
    try {
      $a = Invoke-CimMethod -InputObject $v -MethodName GetConversionStatus
      if ($a.ReturnValue -eq 0) { $one.Conversion = [int]$a.ConversionStatus }
    } catch { }
    try {
      $a = Invoke-CimMethod -InputObject $v -MethodName GetEncryptionMethod
      if ($a.ReturnValue -eq 0) { $one.Method = [int]$a.EncryptionMethod }
    } catch { }
    $one
  })
} catch { $errors.bitlocker = "$($_.CategoryInfo.Category)" }
try {
  $shell = New-Object -ComObject Shell.Application
  $found.shell = @(Get-CimInstance -ClassName Win32_LogicalDisk | ForEach-Object {
    $drive = $_.DeviceID
    $p = $shell.NameSpace("$drive\").Self.ExtendedProperty('System.Volume.BitLockerProtection')
    if ($null -ne $p) { @{ DriveLetter = $drive; Protection = [int]$p } }
  })
} catch { $errors.shell = "$($_.CategoryInfo.Category)" }
$found | ConvertTo-Json -Depth 6 -Compress
"""


def command(host: Host) -> tuple[str, ...]:
    """The command line that runs the script: PowerShell by its absolute path."""
    root = host.environment("SystemRoot")
    program = root + r"\System32\WindowsPowerShell\v1.0\powershell.exe"
    encoded = base64.b64encode(SCRIPT.encode("utf-16-le")).decode()
    quiet = ("-NoLogo", "-NoProfile", "-NonInteractive")
    return (program, *quiet, "-EncodedCommand", encoded)


def ask(host: Host) -> Answers:
    """What the script prints.

    Raises:
        HostError: PowerShell is missing, closed by a policy, or says something else.
    """
    return parse(host.run(*command(host), timeout=SECONDS))


class Answers:
    """The parts of the script's answer."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    def part(self, name: str) -> list[dict[str, Any]]:
        """The objects of a part.

        Raises:
            AccessDenied: This account may not ask for it.
            NotThere: The class does not exist here, or PowerShell refused.
        """
        errors = self.found.get("errors")
        # The category of an error is a word of PowerShell's own and never translated.
        if isinstance(errors, dict) and errors.get(name) in DENIED:
            raise AccessDenied("the system refused", where=name)
        items = unwrapped(self.found.get(name))
        if items is None:
            raise NotThere("this Windows does not answer the question", where=name)
        items = items if isinstance(items, list) else [items]
        return [unwrapped(i) for i in items if isinstance(i, dict)]


def parse(printed: bytes) -> Answers:
    """The answer as PowerShell printed it.

    Raises:
        ToolMissing: It printed nothing.
        HostError: It printed something else than the script does.
    """
    text = printed.decode("utf-8-sig", "replace").strip()
    if not text:
        raise ToolMissing("PowerShell gave no answer", where="powershell.exe")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise HostError("PowerShell's answer is not understood", where="powershell.exe") from e
    if not isinstance(found, dict):
        raise HostError("PowerShell's answer is not understood", where="powershell.exe")
    return Answers(found)


def unwrapped(value: Any) -> Any:
    """A list that PowerShell 5.1 wrote as an object of `value` and `Count`."""
    if isinstance(value, dict) and value.keys() == {"value", "Count"}:
        return value["value"]
    return value
