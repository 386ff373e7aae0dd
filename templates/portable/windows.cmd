@echo off
rem Audits the computer that this stick is in. It only reads; the report goes to reports on this stick.
"%~dp0auditor\{system}\auditor.exe" visit --to "%~dp0." %*
