"""One question to PowerShell for all that only Windows' own objects tell.

The script picks every property by name, casts enumerations to numbers and puts each part in its
own try, so that one refusal costs one part. Devices are not asked for by class: where a machine
has none of a class, that question is an error, and the sticks of the others would go untold. It
reads no recovery password: protectors are asked for by their type only. What prints
nothing is a PowerShell that is not there (a stub, or one that a policy has closed), and counts as
missing.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from auditor.errors import AccessDenied, HostError, NotThere, ToolMissing
from auditor.host import Host

SECONDS = 90.0
"""Starting PowerShell takes seconds on an old machine; this is for one that does not come back."""

DENIED = frozenset({"PermissionDenied", "SecurityError", "AuthenticationError"})

BEGINNING = r"""
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try { [Console]::OutputEncoding = [Text.UTF8Encoding]::new($false) } catch { }
$errors = @{}
function Why($e) {
  $refused = 'UnauthorizedAccess|80041003|80070005'
  if ("$($e.FullyQualifiedErrorId)" -match $refused) { return 'PermissionDenied' }
  "$($e.CategoryInfo.Category)"
}
"""
"""How both scripts begin; `Why` names an error by a word that is never translated."""

_PARTS = r"""
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
} catch { $errors.volumes = Why $_ }
try {
  $found.disks = @(Get-CimInstance -Namespace $storage -ClassName MSFT_Disk | ForEach-Object {
    @{ Number = [int]$_.Number; FriendlyName = $_.FriendlyName; BusType = [int]$_.BusType }
  })
} catch { $errors.disks = Why $_ }
try {
  $parts = Get-CimInstance -Namespace $storage -ClassName MSFT_Partition
  $found.partitions = @($parts | ForEach-Object {
    @{ DiskNumber = [int]$_.DiskNumber; AccessPaths = @($_.AccessPaths); GptType = $_.GptType }
  })
} catch { $errors.partitions = Why $_ }
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
      if ($a.ReturnValue -eq 0) {
        $one.Conversion = [int]$a.ConversionStatus
        if ($null -ne $a.EncryptionFlags) { $one.Flags = [int]$a.EncryptionFlags }
      }
    } catch { }
    try {
      $a = Invoke-CimMethod -InputObject $v -MethodName GetEncryptionMethod
      if ($a.ReturnValue -eq 0) { $one.Method = [int]$a.EncryptionMethod }
    } catch { }
    try {
      $a = Invoke-CimMethod -InputObject $v -MethodName IsAutoUnlockEnabled
      if ($a.ReturnValue -eq 0) { $one.AutoUnlock = [bool]$a.IsAutoUnlockEnabled }
    } catch { }
    try {
      $q = @{ KeyProtectorType = [uint32]0 }
      $a = Invoke-CimMethod -InputObject $v -MethodName GetKeyProtectors -Arguments $q
      if ($a.ReturnValue -eq 0) {
        $one.Protectors = @($a.VolumeKeyProtectorID | Where-Object { $_ } | ForEach-Object {
          $q = @{ VolumeKeyProtectorID = $_ }
          $t = Invoke-CimMethod -InputObject $v -MethodName GetKeyProtectorType -Arguments $q
          [int]$t.KeyProtectorType
        })
        $one.Recovery = @($one.Protectors | Where-Object { $_ -eq 3 }).Count
      }
    } catch { }
    try {
      $a = Invoke-CimMethod -InputObject $v -MethodName GetHardwareEncryptionStatus
      if ($a.ReturnValue -eq 0) { $one.Hardware = [int]$a.HardwareEncryptionStatus }
    } catch { }
    $one
  })
} catch { $errors.bitlocker = Why $_ }
try {
  $shell = New-Object -ComObject Shell.Application
  $found.shell = @(Get-CimInstance -ClassName Win32_LogicalDisk | ForEach-Object {
    $drive = $_.DeviceID
    $p = $shell.NameSpace("$drive\").Self.ExtendedProperty('System.Volume.BitLockerProtection')
    if ($null -ne $p) { @{ DriveLetter = $drive; Protection = [int]$p } }
  })
} catch { $errors.shell = Why $_ }
try {
  $items = Get-CimInstance -Namespace $storage -ClassName MSFT_PhysicalDisk
  $found.physical = @($items | ForEach-Object {
    @{ DeviceId = "$($_.DeviceId)"; FriendlyName = $_.FriendlyName; Health = [int]$_.HealthStatus }
  })
} catch { $errors.physical = Why $_ }
try {
  $items = Get-CimInstance -Namespace $storage -ClassName MSFT_VirtualDisk
  $found.pools = @($items | ForEach-Object {
    @{
      FriendlyName = $_.FriendlyName
      Health = [int]$_.HealthStatus
      Resiliency = $_.ResiliencySettingName
    }
  })
} catch { $errors.pools = Why $_ }
try {
  $space = 'root/Microsoft/Windows/Defender'
  $items = Get-CimInstance -Namespace $space -ClassName MSFT_MpComputerStatus
  $found.defender = @($items | ForEach-Object {
    @{
      Enabled = $_.AntivirusEnabled
      RealTime = $_.RealTimeProtectionEnabled
      Age = "$($_.AntivirusSignatureAge)"
      Mode = $_.AMRunningMode
    }
  })
} catch { $errors.defender = Why $_ }
try {
  $items = Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct
  $found.products = @($items | ForEach-Object { @{ State = [int]$_.productState } })
} catch { $errors.products = Why $_ }
try {
  $items = Get-CimInstance -ClassName Win32_UserAccount -Filter 'LocalAccount=TRUE'
  $found.accounts = @($items | ForEach-Object {
    @{ Kind = [int]($_.SID -split '-')[-1]; Disabled = $_.Disabled }
  } | Where-Object { $_.Kind -lt 1000 })
} catch { $errors.accounts = Why $_ }
try {
  $u = (New-Object -ComObject Microsoft.Update.AutoUpdate).Results.LastInstallationSuccessDate
  $found.updates = @(@{ Installed = $u.ToString('o') })
} catch { $errors.updates = Why $_ }
try {
  $log = 'Microsoft-Windows-BitLocker/BitLocker Management'
  $e = Get-WinEvent -FilterHashtable @{ LogName = $log; Id = 845 } -MaxEvents 1
  $found.escrow = @(@{ When = $e.TimeCreated.ToUniversalTime().ToString('o') })
} catch { $errors.escrow = Why $_ }
try {
  $seen = @(Get-PnpDevice | Where-Object {
    $_.Class -in 'DiskDrive', 'WPD', 'CDROM' -and
      ($_.InstanceId -split '\\')[0] -in 'USBSTOR', 'SCSI', 'USB'
  } | Select-Object -First 300)
  $keys = 'FirstInstallDate', 'LastArrivalDate', 'BusTypeGuid' | ForEach-Object {
    "DEVPKEY_Device_$_"
  }
  $dates = @{}
  if ($seen.Count) {
    Get-PnpDeviceProperty -InstanceId $seen.InstanceId -KeyName $keys | ForEach-Object {
      $v = $_.Data
      if ($v -is [datetime]) { $v = $v.ToUniversalTime().ToString('o') } else { $v = "$v" }
      $dates["$($_.InstanceId)|$($_.KeyName)"] = $v
    }
  }
  $found.devices = @($seen | ForEach-Object {
    @{
      Name = $_.FriendlyName
      Class = $_.Class
      Way = ($_.InstanceId -split '\\')[0]
      Present = $_.Present
      First = $dates["$($_.InstanceId)|$($keys[0])"]
      Last = $dates["$($_.InstanceId)|$($keys[1])"]
      Bus = $dates["$($_.InstanceId)|$($keys[2])"]
    }
  })
} catch { $errors.devices = Why $_ }
$found | ConvertTo-Json -Depth 6 -Compress
"""
SCRIPT = BEGINNING + _PARTS


def command(host: Host) -> tuple[str, ...]:
    """The command line that runs the script: PowerShell by its absolute path."""
    root = host.environment("SystemRoot")
    program = root + r"\System32\WindowsPowerShell\v1.0\powershell.exe"
    encoded = base64.b64encode(SCRIPT.encode("utf-16-le")).decode()
    quiet = ("-NoLogo", "-NoProfile", "-NonInteractive")
    return (program, *quiet, "-EncodedCommand", encoded)


_asked: WeakKeyDictionary[Host, Answers | HostError] = WeakKeyDictionary()
"""What each machine said: several probes read the one answer, also when it is a refusal."""


def ask(host: Host) -> Answers:
    """What the script prints; it is run once for a machine.

    Raises:
        HostError: PowerShell is missing, closed by a policy, or says something else.
    """
    if host not in _asked:
        try:
            _asked[host] = parse(host.run(*command(host), timeout=SECONDS))
        except HostError as e:
            _asked[host] = e
    found = _asked[host]
    if isinstance(found, HostError):
        raise found
    return found


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
        if isinstance(errors, dict) and words(errors, name) in DENIED:
            raise AccessDenied("the system refused", where=name)
        items = unwrapped(self.found.get(name))
        if items is None:
            raise NotThere("this Windows does not answer the question", where=name)
        items = items if isinstance(items, list) else [items]
        return [i for i in map(unwrapped, items) if isinstance(i, dict)]


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


def whole(item: dict[str, Any], name: str) -> int:
    """A whole number; -1 for anything else, which no enumeration here uses."""
    found = item.get(name)
    if isinstance(found, str) and found.isdecimal():
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else -1


def words(item: dict[str, Any], name: str) -> str:
    """A text; empty for anything else."""
    found = item.get(name)
    return found.strip() if isinstance(found, str) else ""


def moment(item: dict[str, Any], name: str) -> datetime | None:
    """A date in the round-trip form that the script prints; None for anything else.

    A date without a zone is UTC here. PowerShell prints seven digits of a second, Python reads six.
    """
    try:
        text = re.sub(r"(\.\d{6})\d+", r"\1", words(item, name))
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def unwrapped(value: Any) -> Any:
    """A list that PowerShell 5.1 wrote as an object of `value` and `Count`."""
    if isinstance(value, dict) and value.keys() == {"value", "Count"}:
        return value["value"]
    return value
