"""A second question to PowerShell, for backups: its parts are slow, and may not cost the first.

Get-WBSummary asks a service that can take seconds to start. As in `auditor.host.powershell` each
part stands in its own try, picks properties by name and casts enumerations to numbers. Dates are
printed in UTC, so that no culture matters. Nothing is started and nothing is changed.

Windows' log of backups is read by event id and by the named fields of each event, never by its
text: 4 is a success and 14 the end of any run, with its result (manifest of the provider
Microsoft-Windows-Backup; 5, 8, 9, 17 and more, all of level 2, say what went wrong).
SQL Server's own history is asked for over shared memory, with the rights of this account; only
names of databases and files, dates and whether a backup is encrypted are asked for.
"""

from __future__ import annotations

import base64

from auditor.host import Host
from auditor.host.powershell import BEGINNING, SECONDS, Answers, parse

_PARTS = r"""
$found = @{ errors = $errors }
function When($t) { if ($t) { $t.ToUniversalTime().ToString('o') } }
try {
  $found.volumes = @(Get-CimInstance -ClassName Win32_Volume | ForEach-Object {
    @{ DeviceID = $_.DeviceID; DriveLetter = $_.DriveLetter; Label = $_.Label }
  })
} catch { $errors.volumes = Why $_ }
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
  } catch { $errors.summary = Why $_ }
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
  } catch { $errors.policy = Why $_ }
  try {
    $sets = @(Get-WBBackupSet | Sort-Object BackupTime)
    if ($sets.Count) { $found.sets = @(@{ Oldest = When $sets[0].BackupTime }) }
  } catch { $errors.sets = Why $_ }
}
try {
  $f = @{ LogName = 'Microsoft-Windows-Backup'; StartTime = (Get-Date).AddDays(-90) }
  $all = @(Get-WinEvent -FilterHashtable $f -MaxEvents 400)
  $found.events = @($all | Where-Object { $_.Id -in 4, 14 -or $_.Level -in 1, 2 } | ForEach-Object {
    $fields = @{}
    $x = [xml]$_.ToXml()
    foreach ($d in $x.SelectNodes("//*[local-name()='Data']")) {
      $fields[$d.GetAttribute('Name')] = $d.InnerText
    }
    @{
      Id = [int]$_.Id
      When = When $_.TimeCreated
      Result = $fields['HRESULT']
      Target = $fields['BackupTarget']
    }
  })
} catch { $errors.events = Why $_ }
try {
  $key = 'HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server\Instance Names\SQL'
  $found.databases = @()
  if (Test-Path $key) {
    $found.databases = @(foreach ($name in (Get-Item $key).GetValueNames()) {
      $one = @{ Instance = $name; Sets = @() }
      $server = if ($name -eq 'MSSQLSERVER') { 'lpc:.' } else { "lpc:.\$name" }
      $link = "Server=$server;Integrated Security=SSPI;Connect Timeout=4;Pooling=false"
      try {
        $c = New-Object Data.SqlClient.SqlConnection $link
        try {
          $c.Open()
          $q = $c.CreateCommand()
          $q.CommandTimeout = 8
          $q.CommandText = 'SET LOCK_TIMEOUT 3000; SELECT b.*, m.physical_device_name,
            m.device_type, d.is_encrypted AS tde FROM (SELECT TOP 300 * FROM msdb.dbo.backupset
            WHERE type IN (''D'', ''I'') AND backup_finish_date IS NOT NULL
            ORDER BY backup_finish_date DESC) b
            JOIN msdb.dbo.backupmediafamily m ON m.media_set_id = b.media_set_id
            LEFT JOIN sys.databases d ON d.name = b.database_name'
          $t = New-Object Data.DataTable
          $t.Load($q.ExecuteReader())
          $new = $t.Columns.Contains('encryptor_type')
          $one.Sets = @($t.Rows | ForEach-Object {
            @{
              Base = "$($_.database_name)"
              When = When $_.backup_finish_date
              File = "$($_.physical_device_name)"
              Kind = [int]$_.device_type
              Copy = "$($_.is_copy_only)" -eq 'True'
              Closed = if ($new) { "$($_.encryptor_type)" -ne '' }
              Tde = if ($_.tde -isnot [DBNull]) { [bool]$_.tde }
            }
          })
        } finally { $c.Dispose() }
      } catch { $one.Refused = Why $_ }
      $one
    })
  }
} catch { $errors.databases = Why $_ }
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
} catch { $errors.tasks = Why $_ }
try {
  $found.shadows = @(Get-CimInstance -ClassName Win32_ShadowCopy | ForEach-Object {
    @{ Made = When $_.InstallDate; Volume = $_.VolumeName }
  })
} catch { $errors.shadows = Why $_ }
$found | ConvertTo-Json -Depth 6 -Compress
"""
SCRIPT = BEGINNING + _PARTS


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
