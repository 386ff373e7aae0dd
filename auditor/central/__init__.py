"""Where an authority collects reports, sees its picture and chases what is open.

    clock, settings          the time, and what the authority has set
    tables, database         the schema, connections and migrations
    schools                  the list of schools
    tokens, enrolment        what lets a school send
    verify → writer → store, sums
                             a report's way in: opened and checked, queued, stored with its sums
    quarantine               what was refused, and why
    folder                   reports from a drop folder or a mailbox
    people, sessions, ledger who may see what, who is signed in, who looked at what
    figures, one_school      the numbers of all schools, and what is known of one
    charts, exports          pictures of the numbers, and files of them
    retention                what is kept for how long; erasure
    web                      the pages and the API

Everything that comes in is hostile until `verify` has passed it. Nothing here looks at a machine:
the parts that do are out of reach by an import contract.
"""
