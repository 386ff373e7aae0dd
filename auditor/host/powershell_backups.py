"""A second question to PowerShell, for backups: its parts are slow, and may not cost the first.

Get-WBSummary asks a service that can take seconds to start. As in `auditor.host.powershell` each
part stands in its own try, picks properties by name and casts enumerations to numbers. Dates are
printed in UTC, so that no culture matters. Nothing is started and nothing is changed.
"""

from __future__ import annotations

import base64

from auditor.host import Host
from auditor.host.powershell import SECONDS, Answers, parse

SCRIPT = r"""
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try { [Console]::OutputEncoding = [Text.UTF8Encoding]::new($false) } catch { }
$errors = @{}
$found = @{ errors = $errors }
function When($t) { if ($t) { $t.ToUniversalTime().ToString('o') } }
try {
  $found.volumes = @(Get-CimInstance -ClassName Win32_Volume | ForEach-Object {
    @{ DeviceID = $_.DeviceID; DriveLetter = $_.DriveLetter; Label = $_.Label }
  })
} catch { $errors.volumes = "$($_.CategoryInfo.Category)" }
if (Get-Command Get-WBSummary -ErrorAction SilentlyContinue) {
  try {
    $s = Get-WBSummary
    $found.summary = @(@{
      LastSuccess = When $s.LastSuccessfulBackupTime
      TargetPath = "$($s.LastSuccessfulBackupTargetPath)"
      TargetLabel = "$($s.LastSuccessfulBackupTargetLabel)"
      LastAttempt = When $s.LastBackupTime
      Result = [int64]$s.LastBackupResultHR
      Versions = [int]$s.NumberOfVersions
      Next = When $s.NextBackupTime
    })
  } catch { $errors.summary = "$($_.CategoryInfo.Category)" }
  try {
    $p = Get-WBPolicy
    if ($p) {
      $found.policy = @(@{
        Targets = @($p.BackupTargets | ForEach-Object { "$($_.TargetPath)" })
        Volumes = @($p.VolumesToBackup | ForEach-Object { "$($_.MountPath)" })
        Folders = @($p.FilesSpecsToBackup | ForEach-Object { "$($_.FilePath)" })
        Times = @($p.Schedule | ForEach-Object { $_.ToString('HH:mm') })
      })
    } else { $found.policy = @() }
  } catch { $errors.policy = "$($_.CategoryInfo.Category)" }
  try {
    $sets = @(Get-WBBackupSet | Sort-Object BackupTime)
    if ($sets.Count) { $found.sets = @(@{ Oldest = When $sets[0].BackupTime }) }
  } catch { $errors.sets = "$($_.CategoryInfo.Category)" }
  try {
    $f = @{ LogName = 'Microsoft-Windows-Backup'; StartTime = (Get-Date).AddDays(-7) }
    $bad = @(Get-WinEvent -FilterHashtable $f -ErrorAction SilentlyContinue |
      Where-Object { $_.Level -in 1, 2 })
    $found.events = @(@{ Errors = $bad.Count })
  } catch { $errors.events = "$($_.CategoryInfo.Category)" }
}
try {
  $tasks = Get-ScheduledTask | Where-Object {
    $_.TaskPath -notlike '\Microsoft\*' -or $_.TaskPath -like '\Microsoft\Windows\Backup\*'
  }
  $found.tasks = @($tasks | ForEach-Object {
    $i = $null
    try { $i = $_ | Get-ScheduledTaskInfo } catch { }
    @{
      Name = $_.TaskName
      State = [int]$_.State
      Actions = @($_.Actions | ForEach-Object { @{ Run = $_.Execute; With = $_.Arguments } })
      Kinds = @($_.Triggers | ForEach-Object { "$($_.CimClass.CimClassName)" })
      LastRun = When $i.LastRunTime
      Result = [int64]$i.LastTaskResult
    }
  })
} catch { $errors.tasks = "$($_.CategoryInfo.Category)" }
try {
  $found.shadows = @(Get-CimInstance -ClassName Win32_ShadowCopy | ForEach-Object {
    @{ Made = When $_.InstallDate; Volume = $_.VolumeName }
  })
} catch { $errors.shadows = "$($_.CategoryInfo.Category)" }
$found | ConvertTo-Json -Depth 6 -Compress
"""


def command(host: Host) -> tuple[str, ...]:
    """The command line that runs the script, told apart from that of the other by one option."""
    root = host.environment("SystemRoot")
    program = root + r"\System32\WindowsPowerShell\v1.0\powershell.exe"
    encoded = base64.b64encode(SCRIPT.encode("utf-16-le")).decode()
    quiet = ("-NoLogo", "-NoProfile", "-NonInteractive", "-OutputFormat", "Text")
    return (program, *quiet, "-EncodedCommand", encoded)


def ask(host: Host) -> Answers:
    """What the script prints.

    Raises:
        HostError: PowerShell is missing, closed by a policy, or says something else.
    """
    return parse(host.run(*command(host), timeout=SECONDS))
