#!/bin/sh
# Audits the computer that this stick is in. It only reads; the report goes to reports on this stick.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec "$here/auditor/{system}/auditor" visit --to "$here" "$@"
