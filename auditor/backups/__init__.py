"""What probes of every system need to understand backups: command lines, targets, repositories.

Pure reading of text and names. Nothing here runs a backup tool: they lock, cache and configure.
"""
