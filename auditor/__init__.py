"""auditor tells a school where its records about children and staff could be lost or read.

    host → probes ┐
                  ├→ evidence → judge(evidence, rulebook) → findings → Audit → reports │ wire
    files → content ┘

Read `audit` first: it is one visit on one page. Then `evidence` (what is there), one module of
`probes`, one file of rules/, and `findings` (what we make of it).
"""

__version__ = "0.1.0"
