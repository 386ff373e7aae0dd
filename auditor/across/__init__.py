"""Several audits seen together: one machine then and now, or the machines of one school."""
